"""Settings that cannot work are refused in a sentence that names them."""

import pytest

from services.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://council.example/sightline", "without a path"),
        ("https://council.example/?x=1", "without a path"),
        ("sightline.example", "such as https://sightline.example"),
        ("https://u:p@s.example", "without a path"),
        ("https://s.example:abc", "without a path"),
        (" https://s.example", "without a path"),
        ("ftp://sightline.example", "such as https://sightline.example"),
    ],
)
def test_an_address_under_which_no_page_would_be_found_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setenv("SIGHTLINE_BASE_URL", address)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "SIGHTLINE_BASE_URL" in str(refused.value)
    assert address in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "address", ["https://s.example", "https://s.example/", "http://h:8000", "http://[::1]:8000"]
)
def test_one_at_the_root_of_its_host_is_taken(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SIGHTLINE_BASE_URL", address)
    assert load_settings().base_url == address


def test_an_empty_one_is_that_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_BASE_URL", "")
    assert load_settings().base_url == "http://localhost:8000"
