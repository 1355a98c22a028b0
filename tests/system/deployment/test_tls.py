"""Database and broker over TLS, as documented: verified, and with certificates of our own."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError

from events.broker import BrokerUnavailableError, connected_broker
from events.embedded import nats_server_path
from services.settings import Settings, SettingsError
from services.store.database import Database, DatabaseUnavailableError
from services.web.server import free_port
from tests.system.deployment.certificates import Authority
from tests.waiting import until

HOST = "127.0.0.1"
_SSL_REQUEST = 80_877_103


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def in_front_of(socket: str, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """PostgreSQL on a port, encrypted: the server of the wheel is built without TLS.

    It speaks as the protocol says (SSLRequest, then TLS, then all as before).
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.IncompleteReadError):
            first = await reader.readexactly(8)
            if struct.unpack("!II", first)[1] == _SSL_REQUEST:
                writer.write(b"S" if tls else b"N")
                await writer.drain()
                if tls:
                    await writer.start_tls(tls)
                first = b""
            there, here = await asyncio.open_unix_connection(f"{socket}/.s.PGSQL.5432")
            here.write(first)
            await asyncio.gather(carry(reader, here), carry(there, writer))
        writer.close()

    async with await asyncio.start_server(serve, HOST, 0) as server:
        yield int(server.sockets[0].getsockname()[1])


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65_536):
        writer.write(content)
        await writer.drain()
    writer.close()


async def answers(port: int, name: str, query: str) -> bool:
    """Whether a database answers by this URL; false where it is not trusted."""
    database = Database(f"postgresql://postgres@{HOST}:{port}/{name}?{query}")
    try:
        async with database.reading() as connection:
            return bool(await connection.scalar(text("SELECT 1")))
    except (DatabaseUnavailableError, DBAPIError, ssl.SSLError):
        return False
    finally:
        await database.close()


async def test_the_database_is_verified_as_its_url_says(
    postgres_url: str, postgres_socket: str, authority: Authority, tmp_path: Path
) -> None:
    name = postgres_url.split("@/")[1].split("?", maxsplit=1)[0]
    other = Authority(tmp_path, "somebody-else")
    good, bad = f"sslrootcert={authority.ca}", f"sslrootcert={other.ca}"
    async with in_front_of(postgres_socket, authority.context("database", asks=False)) as port:
        for query, trusted in {
            f"sslmode=verify-full&{good}": True,
            f"sslmode=verify-full&{bad}": False,
            f"sslmode=verify-ca&{bad}": False,
            f"sslmode=require&{bad}": False,
            "sslmode=require": True,
            "sslmode=prefer": True,
            "sslmode=verify-full": False,
        }.items():
            assert await answers(port, name, query) is trusted, query
    elsewhere = authority.context("elsewhere", "10.0.0.1", asks=False)
    async with in_front_of(postgres_socket, elsewhere) as port:
        assert not await answers(port, name, f"sslmode=verify-full&{good}"), "of another host"
        assert await answers(port, name, f"sslmode=verify-ca&{good}")


async def test_a_database_in_the_clear_is_refused_where_it_must_be_encrypted(
    postgres_url: str, postgres_socket: str, authority: Authority
) -> None:
    name = postgres_url.split("@/")[1].split("?", maxsplit=1)[0]
    async with in_front_of(postgres_socket, None) as port:
        assert not await answers(port, name, "sslmode=require")
        assert not await answers(port, name, f"sslmode=verify-full&sslrootcert={authority.ca}")
        assert await answers(port, name, "sslmode=prefer")
        assert await answers(port, name, "sslmode=disable")


async def test_a_database_that_asks_for_our_certificate_is_shown_it(
    postgres_url: str, postgres_socket: str, authority: Authority
) -> None:
    name = postgres_url.split("@/")[1].split("?", maxsplit=1)[0]
    certificate, key = authority.certify("sightline")
    verified = f"sslmode=verify-full&sslrootcert={authority.ca}"
    async with in_front_of(postgres_socket, authority.context("database", asks=True)) as port:
        assert await answers(port, name, f"{verified}&sslcert={certificate}&sslkey={key}")
        assert not await answers(port, name, verified)


async def test_an_upgrade_goes_the_same_way(
    bare_postgres_url: str, postgres_socket: str, authority: Authority
) -> None:
    name = bare_postgres_url.split("@/")[1].split("?", maxsplit=1)[0]
    async with in_front_of(postgres_socket, authority.context("database", asks=False)) as port:
        query = f"sslmode=verify-full&sslrootcert={authority.ca}"
        database = Database(f"postgresql://postgres@{HOST}:{port}/{name}?{query}")
        await database.upgrade()
        async with database.reading() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM events")) == 0
        await database.close()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sslmode=always", "sslmode is always; it must be one of disable, allow"),
        ("sslmode=verify-full&sslrootcert=/nowhere.crt", "cannot be read (/nowhere.crt)"),
        ("sslmode=require&sslcert=/nowhere.crt", "cannot be read (/nowhere.crt)"),
    ],
)
def test_what_is_wrong_in_the_url_is_said(query: str, says: str) -> None:
    with pytest.raises(ArgumentError) as error:
        Database(f"postgresql://somebody@host/name?{query}")
    assert says in str(error.value)


@asynccontextmanager
async def nats_server(folder: Path, authority: Authority, *, asks: bool) -> AsyncIterator[str]:
    """A broker with TLS, and its URL."""
    certificate, key = authority.certify("broker")
    port = free_port(HOST, 0)
    config = folder / "tls.conf"
    config.write_text(
        f'listen: {HOST}:{port}\njetstream {{ store_dir: "{folder / "store"}" }}\n'
        f'tls {{ cert_file: "{certificate}", key_file: "{key}", ca_file: "{authority.ca}", '
        f"verify: {str(asks).lower()} }}\n"
    )
    server = await asyncio.create_subprocess_exec(
        nats_server_path(), "-c", str(config), stderr=asyncio.subprocess.DEVNULL
    )

    async def listens() -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return True
        return False

    try:
        await until(listens)
        yield f"tls://{HOST}:{port}"
    finally:
        server.kill()
        await server.wait()


async def connects(url: str, **files: Any) -> str:
    """How a connection to a broker ends: empty where it stands, else why not."""
    settings = Settings(nats_url=url, **files)
    try:
        async with connected_broker(url, tls=settings.nats_tls()):
            return ""
    except BrokerUnavailableError as error:
        return str(error)


@pytest.mark.slow
async def test_the_broker_is_verified_by_the_authority_that_is_set(
    authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "somebody-else")
    async with nats_server(tmp_path, authority, asks=False) as url:
        assert await connects(url, nats_ca_file=authority.ca) == ""
        assert "cannot be trusted" in await connects(url, nats_ca_file=other.ca)
        assert "cannot be trusted" in await connects(url)


@pytest.mark.slow
async def test_a_broker_that_asks_for_our_certificate_is_shown_it(
    authority: Authority, tmp_path: Path
) -> None:
    certificate, key = authority.certify("sightline")
    async with nats_server(tmp_path, authority, asks=True) as url:
        own = {"nats_cert_file": certificate, "nats_key_file": key}
        assert await connects(url, nats_ca_file=authority.ca, **own) == ""
        assert await connects(url, nats_ca_file=authority.ca) != ""


def test_a_file_that_is_no_certificate_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.crt"
    wrong.write_text("this is none")
    with pytest.raises(SettingsError, match="SIGHTLINE_NATS_CA_FILE"):
        Settings(nats_ca_file=wrong).nats_tls()
