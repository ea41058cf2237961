"""docker-compose.yml says the truth: every queue is consumed, every setting exists, nobody is root, no default secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import Settings, SettingsError, read_settings
from workers.pipeline import PIPELINE, QUEUES
from workers.schedule import SCHEDULE

COMPOSE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
SECRETS = ("PASSWORD", "SECRET", "ACCESS_KEY")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def consumed(services: dict[str, Any]) -> set[str]:
    """The queues that some worker service reads."""
    found: set[str] = set()
    for service in services.values():
        words = service.get("command") or []
        if "worker" in words and "-Q" in words:
            found |= set(words[words.index("-Q") + 1].split(","))
    return found


def test_every_queue_used_is_consumed(services: dict[str, Any]) -> None:
    used = {plan.queue for plans in PIPELINE.values() for plan in plans} | {"default"}
    used |= {entry["options"]["queue"] for entry in SCHEDULE.values()}
    assert used <= set(QUEUES)
    assert used <= consumed(services)


def test_a_queue_nobody_reads_is_seen(services: dict[str, Any]) -> None:
    fewer = {name: service for name, service in services.items() if name != "worker-hearing"}
    assert "hearing" not in consumed(fewer)


def test_every_part_is_there(services: dict[str, Any]) -> None:
    assert {
        "web",
        "worker-default",
        "worker-hearing",
        "worker-seeing",
        "scheduler",
        "relay",
        "postgres",
        "redis",
        "s3",
    } <= set(services)


def test_every_setting_is_known(services: dict[str, Any]) -> None:
    for name in services["web"]["environment"]:
        assert name.startswith("BLOTTER_")
        assert name.removeprefix("BLOTTER_").lower() in Settings.model_fields, name


def test_everything_runs_without_root_and_is_watched(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service.get("user") not in (None, "root", "0"), name
        assert name == "migrate" or "healthcheck" in service, name


def test_every_secret_is_required_and_has_no_default() -> None:
    for variable, rest in re.findall(r"\$\{(\w+)([^}]*)\}", COMPOSE.read_text()):
        if any(word in variable for word in SECRETS):
            assert rest.startswith(":?"), f"{variable} has a default or may be empty"


def test_data_lives_in_named_volumes(services: dict[str, Any]) -> None:
    named = set(yaml.safe_load(COMPOSE.read_text())["volumes"])
    for service in services.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in named


def test_settings_name_all_that_is_missing_and_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_EMBEDDED", "false")
    monkeypatch.setenv("BLOTTER_STORAGE", "s3")
    with pytest.raises(SettingsError) as stopped:
        read_settings()
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        assert f"BLOTTER_{name}" in str(stopped.value)


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"EMBEDDED": "false", "DATABASE_URL": "x", "BROKER_URL": "y", "SECRET_KEY": "short"}.items():
        monkeypatch.setenv(f"BLOTTER_{name}", value)
    with pytest.raises(SettingsError, match="32 characters"):
        read_settings()
