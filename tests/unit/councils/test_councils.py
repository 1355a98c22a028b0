"""Each council is set by its own files, and two never share what must be apart."""

import re
from pathlib import Path

import pytest

from services.councils.accounts import accounts_text
from services.councils.folder import Council, council_in, councils_in, read_variables, shared
from services.councils.made import make_council
from services.settings import SettingsError
from services.store.application_rights import script_for
from services.store.council_databases import roles_sql


def made(folder: Path, name: str, address: str = "") -> Council:
    return make_council(
        folder,
        name,
        base_url=address or f"https://{name}.example",
        postgres="pg-1,pg-2:5433",
        nats="n1:4222,n2:4222",
    )


def change(council: Council, name: str, value: str) -> None:
    path = council.folder / "settings.env"
    variables = read_variables(path) | {name: value}
    path.write_text("".join(f"{key}={item}\n" for key, item in variables.items()), "utf-8")


def test_no_two_new_councils_have_a_password_port_or_name_in_common(tmp_path: Path) -> None:
    one, other = made(tmp_path, "devon"), made(tmp_path, "north-devon")
    assert councils_in(tmp_path) == [one, other]
    assert list(shared([one, other])) == []
    mine, theirs = one.settings, other.settings
    same = {name for name in mine if mine[name] == theirs[name]}
    assert same == set()
    assert "@pg-1,pg-2:5433/north_devon" in theirs["SIGHTLINE_DATABASE_URL"]
    assert one.owner_url not in mine.values()
    for path in tmp_path.rglob("*.*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_its_own_settings_win_over_common_ones_and_the_machine_s_are_none(tmp_path: Path) -> None:
    council = made(tmp_path, "devon")
    (tmp_path / "settings.env").write_text("SIGHTLINE_SMTP_URL=smtp://all\nSIGHTLINE_CASE_URL=x\n")
    change(council, "SIGHTLINE_CASE_URL", "own")
    machine = {"PATH": "/bin", "SIGHTLINE_CASE_URL": "machine", "SIGHTLINE_OIDC_ISSUER": "machine"}
    environment = council.environment(machine)
    assert environment["PATH"] == "/bin"
    assert environment["SIGHTLINE_CASE_URL"] == "own"
    assert environment["SIGHTLINE_SMTP_URL"] == "smtp://all"
    assert environment["SIGHTLINE_COUNCIL"] == "devon"
    assert environment["SIGHTLINE_POLICY"] == str(council.folder / "policy.toml")
    assert "SIGHTLINE_OIDC_ISSUER" not in environment
    assert "SIGHTLINE_MEASURES" not in environment


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("SIGHTLINE_DATABASE_URL", "database"),
        ("SIGHTLINE_NATS_URL", "broker account"),
        ("SIGHTLINE_BASE_URL", "address"),
    ],
)
def test_of_two_that_share_the_second_is_not_served(tmp_path: Path, name: str, what: str) -> None:
    one, other = made(tmp_path, "devon"), made(tmp_path, "kent")
    change(other, name, one.settings[name])
    assert list(shared([one, other])) == [(other, f"kent has the same {what} as devon.")]


def test_another_user_or_order_of_hosts_is_still_the_same_database(tmp_path: Path) -> None:
    one, other = made(tmp_path, "devon"), made(tmp_path, "kent")
    for url in (
        "postgresql://else:x@pg-1,pg-2:5433/devon",
        "postgresql://devon:x@pg-2:5433,pg-1/devon",
        "postgresql://devon:x@pg-2:5433/devon?sslmode=require",
    ):
        change(other, "SIGHTLINE_DATABASE_URL", url)
        assert [council for council, _ in shared([one, other])] == [other], url


@pytest.mark.parametrize("name", ["SIGHTLINE_DATABASE_URL", "SIGHTLINE_NATS_URL"])
def test_one_without_a_database_or_account_of_its_own_is_not_served(
    tmp_path: Path, name: str
) -> None:
    council = made(tmp_path, "devon")
    (tmp_path / "settings.env").write_text(f"{name}=postgresql://common/all\n", "utf-8")
    change(council, name, "")
    [(_, why)] = shared([council])
    assert name in why


OWN = ["DATA_DIR", "POLICY", "RECIPIENTS", "DATABASE_URL", "NATS_URL", "POLICY_FILE", "COUNCIL"]


@pytest.mark.parametrize("name", OWN)
def test_what_must_be_each_one_s_own_is_not_taken_from_what_is_common(
    tmp_path: Path, name: str
) -> None:
    council = made(tmp_path, "devon")
    (tmp_path / "settings.env").write_text(f"SIGHTLINE_{name}=/the/same/for/all\n", "utf-8")
    [(wrong, why)] = shared([council])
    assert wrong == council
    assert f"says SIGHTLINE_{name} for all councils" in why


def test_an_address_that_cannot_be_read_is_said_without_its_password(tmp_path: Path) -> None:
    one, other = made(tmp_path, "devon"), made(tmp_path, "kent")
    change(one, "SIGHTLINE_DATABASE_URL", "postgresql://u:secret@h:54x/db")
    [(wrong, why)] = shared([one, other])
    assert wrong == one
    assert "cannot be read as an address" in why
    assert "secret" not in why


def test_an_account_has_room_for_every_copy_that_a_cluster_keeps(tmp_path: Path) -> None:
    council = made(tmp_path, "devon")
    change(council, "SIGHTLINE_NATS_MAX_BYTES", "1000")
    change(council, "SIGHTLINE_NATS_REPLICAS", "3")
    assert "max_file: 4500," in accounts_text([council])


@pytest.mark.parametrize(
    "name", ["Devon", "9", "a_b", "a--b", "a b", "", "../x", "a" * 41, "x-owner"]
)
def test_what_cannot_be_a_name_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be a council's name"):
        made(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_made_twice_and_a_council_that_is_not_there_is_said(tmp_path: Path) -> None:
    council = made(tmp_path, "devon")
    before = (council.folder / "settings.env").read_text("utf-8")
    with pytest.raises(SettingsError, match="is there already; nothing was changed"):
        made(tmp_path, "devon")
    assert (council.folder / "settings.env").read_text("utf-8") == before
    with pytest.raises(SettingsError, match="has no council kent; it has devon"):
        council_in(tmp_path, "kent")
    with pytest.raises(SettingsError, match="address as devon"):
        made(tmp_path, "kent", "https://devon.example")
    with pytest.raises(SettingsError, match="is no folder of councils"):
        councils_in(tmp_path / "nowhere")


def test_roles_and_grants_are_of_the_council_alone(tmp_path: Path) -> None:
    council = made(tmp_path, "north-devon")
    change(
        council,
        "SIGHTLINE_DATABASE_URL",
        "postgresql://north_devon:it%27s%22@pg-1,pg-2:5433/north_devon",
    )
    statements = roles_sql(council.owner_url, council.application_url)
    assert "PASSWORD 'it''s\"'" in statements
    assert 'REVOKE ALL ON DATABASE "north_devon" FROM PUBLIC;' in statements
    grants = script_for("north_devon")
    assert "sightline_app" not in grants
    assert 'REVOKE UPDATE, DELETE ON audit FROM "north_devon";' in grants


def test_each_publisher_may_send_to_its_own_council_as_itself_alone(tmp_path: Path) -> None:
    council = made(tmp_path, "devon")
    change(council, "SIGHTLINE_COUNCIL_PUBLISHERS", 'cms:a"b, housing:c')
    text = accounts_text([council, made(tmp_path, "kent")])
    assert '{ user: "devon.cms", password: "a\\"b",' in text
    assert 'permissions { publish: "sightline.devon.events.housing.>"' in text
    assert text.count("jetstream {") == 2


def test_sightline_may_do_in_an_account_of_many_what_it_may_do_in_its_only_one(
    tmp_path: Path,
) -> None:
    alone = (Path(__file__).parents[3] / "deploy" / "nats.conf").read_text("utf-8")
    of_many = accounts_text([made(tmp_path, "devon")])
    for what in ("publish", "subscribe"):
        said = re.search(rf"{what}: \[.*?\]", alone)
        assert said
        assert said[0] in of_many


def test_no_two_users_of_the_broker_have_one_name(tmp_path: Path) -> None:
    councils = [made(tmp_path, name) for name in ("devon", "devon-cms", "devon-publishers")]
    text = accounts_text(councils)
    users = re.findall(r'user: "([^"]+)"', text)
    accounts = re.findall(r'^  "([^"]+)" \{', text, re.MULTILINE)
    assert (len(users), len(set(users))) == (6, 6)
    assert (len(accounts), len(set(accounts))) == (6, 6)


@pytest.mark.parametrize("told", [">:x", "cms:", "cms", ":x", "a.b:x", "CMS:x"])
def test_a_publisher_without_a_password_or_name_is_refused(tmp_path: Path, told: str) -> None:
    council = made(tmp_path, "devon")
    change(council, "SIGHTLINE_COUNCIL_PUBLISHERS", told)
    with pytest.raises(SettingsError, match="must be name:password"):
        accounts_text([council])
