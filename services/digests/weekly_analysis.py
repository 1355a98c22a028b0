"""The weekly analysis: made with the week's report, kept, and mailed to those the policy names."""

import asyncio
import logging
from functools import partial

from schemas.days import plain_day
from schemas.recipients import Recipient
from services.access.directory import Directory
from services.analysis.document import document_of
from services.analysis.gather import Analysis, AnalysisInputs, analyse_all
from services.analysis.sheets import workbook_of
from services.assessment.derivation import Rules
from services.digests.mail import Attachment
from services.digests.render import render_analysis
from services.digests.send import MailContext, delivery_of
from services.digests.week import ANALYSIS, NOTICE, Week
from services.file_names import file_name
from services.oversight.derived_by import is_derived
from services.pdf import PDF
from services.store import mail_queue, weekly_analyses, weekly_reports
from services.store.locks import lock
from services.store.weekly_analyses import WeeklyAnalysis
from services.workbooks import XLSX

log = logging.getLogger(__name__)


async def make_weekly_analysis(context: MailContext, week: Week) -> bool:
    """Make the analysis of a week whose report is made; whether it was made now.

    It is of the whole council but for the restricted, as at the day of the report, and waits until
    every status is derived. Whoever the policy names is mailed it.
    """
    now = context.clock()
    async with context.database.reading() as connection:
        if await weekly_analyses.is_kept(connection, week.name):
            return False
        if await weekly_reports.report_of(connection, week.name) is None:
            return False
        if not await is_derived(connection, context.policy):
            return False
        everybody = await context.everybody(connection)
        rules = Rules.of(context.policy)
        inputs = AnalysisInputs(rules, context.measures, context.comparators)
        found = await analyse_all(connection, week.day, inputs, now)
    names = Directory(everybody, context.policy)
    files = await asyncio.to_thread(_files, found, names)
    async with context.database.writing() as connection:
        await lock(connection, [f"analysis\x1f{week.name}"])
        if await weekly_analyses.is_kept(connection, week.name):
            return False
        made = WeeklyAnalysis(week.name, week.day, now, is_incomplete=bool(found.not_derived))
        await weekly_analyses.keep(connection, made, *files)
        subject = f"Sightline: analysis of {plain_day(week.day)}"
        name = f"{week.name}{NOTICE}{ANALYSIS}"
        links = context.links
        name_of = partial(file_name, "analysis", week.day, is_incomplete=made.is_incomplete)
        for id_ in context.policy.analysis.recipients:
            recipient = everybody.by_id(id_)
            if recipient is None or not may_be_mailed(recipient):
                log.warning("The analysis is not mailed to %s, who may not see every case", id_)
                continue
            within = links.within(name, recipient.id)
            html, text = render_analysis(
                context.policy.council, subject, within.overview(), found.not_derived
            )
            attached = [
                Attachment(name_of(kind), media, content)
                for kind, media, content in zip(("xlsx", "pdf"), (XLSX, PDF), files, strict=True)
            ]
            delivery = delivery_of(context, name, recipient, subject, html, text, now, attached)
            await mail_queue.add_delivery(connection, delivery)
    log.info("The analysis of %s was made", week.name)
    return True


def may_be_mailed(recipient: Recipient) -> bool:
    """Whether somebody may see every case of the whole council, as the analysis counts them."""
    return recipient.scope == "all" and recipient.shows == "cases"


def _files(found: Analysis, names: Directory) -> tuple[bytes, bytes]:
    """The workbook and the document."""
    called = names.team_name, names.display_name
    return workbook_of(found, *called), document_of(found, *called)
