# Two stages: what is needed to install stays behind, and the image that runs has no build tools.
# Another base, such as one of a registry of the council's own, has Python 3.11 or newer and apt.
ARG BASE=python:3.13-slim
FROM ${BASE} AS base

FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /venv
WORKDIR /app
COPY requirements.txt requirements-dev.txt ./
# Every package is checked against its hash; so is setuptools, which builds the project and whose
# pin is among the development ones.
RUN awk '/^[^ ]/ { wanted = /^setuptools==/ } wanted' requirements-dev.txt > /tmp/build.txt \
    && pip --python /venv/bin/python install --require-hashes -r requirements.txt \
    && pip --python /venv/bin/python install --require-hashes -r /tmp/build.txt
COPY . .
# What the image is made of, beside it: the maker of the list stays behind.
RUN python -m venv /sbom \
    && /sbom/bin/pip install --require-hashes -r deploy/sbom-requirements.txt \
    && /sbom/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o sbom.cdx.json
# Editable, because the code reads templates/ from beside its packages.
RUN pip --python /venv/bin/python install --no-deps --no-build-isolation --editable . \
    && pip --python /venv/bin/python uninstall --yes setuptools \
    && python -m compileall -q schemas events services

FROM base
# Pango shapes the text of the PDF of evidence.
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 sightline \
    && useradd --system --uid 10001 --gid sightline --no-create-home \
        --home-dir /var/lib/sightline --shell /usr/sbin/nologin sightline \
    && install -d -o sightline -g sightline -m 0700 /var/lib/sightline
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SIGHTLINE_DATA_DIR=/var/lib/sightline
WORKDIR /app
# As a number, so that a platform can see that it is not root.
USER 10001:10001
# Where the role `pages` answers.
EXPOSE 8000
# The other roles answer probes alone, where SIGHTLINE_PROBES_PORT says. The image is theirs too, so it
# has no check of its own: compose.yaml asks the pages.
HEALTHCHECK NONE
ENTRYPOINT ["sightline"]
CMD ["serve"]
