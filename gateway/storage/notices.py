"""Notices as files: <folder>/<notice>/<version>/<language>.toml. Read once; a broken one is found when it is read."""

import re
from functools import lru_cache
from pathlib import Path

from gateway.identity.notice import LANGUAGES, Notice, NoticeBroken, assemble

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
VERSION = re.compile(r"\d+(\.\d+){0,2}")


class NoticeFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=256)(self._from_files)
        self._current = lru_cache(maxsize=64)(self._newest)  # a new version comes with a new start

    def current(self, notice: str) -> Notice:
        return self._current(notice)

    def _newest(self, notice: str) -> Notice:
        if not NAME.fullmatch(notice):
            raise NoticeBroken("notice_unknown")
        versions = [path.name for path in (self._folder / notice).glob("*") if VERSION.fullmatch(path.name)]
        if not versions:
            raise NoticeBroken("notice_unknown")
        return self._read(notice, max(versions, key=lambda version: tuple(map(int, version.split(".")))))

    def version(self, notice: str, version: str) -> Notice:
        if not NAME.fullmatch(notice) or not VERSION.fullmatch(version):
            raise NoticeBroken("notice_unknown")
        return self._read(notice, version)

    def _from_files(self, notice: str, version: str) -> Notice:
        paths = {language: self._folder / notice / version / f"{language}.toml" for language in LANGUAGES}
        sources = {language: path.read_text("utf-8") for language, path in paths.items() if path.is_file()}
        found = assemble(sources)
        if (found.id, found.version) != (notice, version):
            raise NoticeBroken("notice_in_the_wrong_place")
        return found
