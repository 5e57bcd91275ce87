"""From the options of a verb to its data, its settings and its snapshot."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pmanalytics.errors import UsageError

if TYPE_CHECKING:
    from pmanalytics.datasets import Dataset
    from pmanalytics.settings import Settings
    from pmanalytics.snapshots import Snapshot

__all__ = ["find_configuration", "open_data", "open_settings", "take_snapshot"]

NO_DATA: Final = (
    "There is no pmanalytics.toml in this folder and no file was named; draft one from your "
    "exports with 'pmanalytics init FILE ...', or try --sample."
)


def find_configuration(config: Path | None) -> Path:
    """The configuration that is named, or the one in this folder."""
    if config:
        return config
    if Path("pmanalytics.toml").is_file():
        return Path("pmanalytics.toml")
    raise UsageError(NO_DATA)


def open_data(paths: tuple[str, ...], *, config: Path | None, sample: bool) -> "Dataset":
    """What is read: the sample, the files that are named, or those of the configuration."""
    from pmanalytics import datasets, samples

    if sample:
        return samples.sample()
    if not paths:
        return datasets.read(find_configuration(config))
    if config is None and Path("pmanalytics.toml").is_file():
        config = Path("pmanalytics.toml")
    return datasets.read(paths, config=config)


def open_settings(config: Path | None, *, sample: bool) -> "Settings":
    """The configuration alone, without reading any export."""
    from pmanalytics import samples, settings

    if sample:
        return settings.load_settings(samples.sample_folder() / "pmanalytics.toml")
    return settings.load_settings(find_configuration(config))


def take_snapshot(data: "Dataset", *, period: str | None, as_of: str | None) -> "Snapshot":
    """The data as known on a day; without one, on the day of the exports."""
    from pmanalytics import snapshots

    day = as_of or snapshots.default_as_of(data)
    return snapshots.snapshot(data, as_of=day, period=period)
