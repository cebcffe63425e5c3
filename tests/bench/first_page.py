"""How much a phone loads for the first page in Traditional Chinese: the page, its styles and its scripts."""

import gzip
import re
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

PHONE = {"accept-language": "zh-HK,zh-TW;q=0.9,zh;q=0.8", "accept-encoding": "br, gzip"}
PARTS = re.compile(r'<(?:link[^>]+rel="stylesheet"[^>]+href|script[^>]+src)="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """Bytes: `sent` as they come, `gzipped` if whoever stands in front compresses, `raw` uncompressed."""

    language: str
    files: int
    page_raw: int
    raw: int
    gzipped: int
    sent: int


def load(base: str) -> FirstPage:
    with httpx.Client(follow_redirects=True, trust_env=False, headers=PHONE) as client:
        page = client.get(f"{base}/")
        page.raise_for_status()
        parts = [client.get(urljoin(str(page.url), found)) for found in dict.fromkeys(PARTS.findall(page.text))]
        for part in parts:
            part.raise_for_status()
        loaded = [page, *parts]
        return FirstPage(
            language=str(page.headers.get("content-language") or page.url.path.split("/")[1]),
            files=len(loaded),
            page_raw=len(page.content),
            raw=sum(len(one.content) for one in loaded),
            gzipped=sum(len(gzip.compress(one.content, 6)) for one in loaded),
            sent=sum(one.num_bytes_downloaded for one in loaded),
        )
