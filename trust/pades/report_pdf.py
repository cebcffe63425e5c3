"""The verification report as a PDF for people (PDF/A-2a): what was proved, in the reader's language."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files

from trust.pades import mark
from trust.signing.appearance import LOCAL
from trust.validation.sentences import LANGUAGES, sentence

# word → in the order of LANGUAGES
WORDS: dict[str, tuple[str, str, str, str]] = {
    "title": ("文件查驗報告", "文件查验报告", "Verification report", "Relatório de verificação"),
    "by": (
        "粵港澳大灣區互通閘道",
        "粤港澳大湾区互通网关",
        "GBA interoperability gateway",
        "Portal de interoperabilidade da Grande Baía",
    ),
    "PASSED": ("通過", "通过", "Passed", "Aprovado"),
    "FAILED": ("不通過", "不通过", "Failed", "Reprovado"),
    "INDETERMINATE": ("未能確定", "未能确定", "Undecided", "Indeterminado"),
    "file": ("檔案", "文件", "File", "Ficheiro"),
    "sha256": ("SHA-256 摘要", "SHA-256 摘要", "SHA-256", "SHA-256"),
    "size": ("大小（位元組）", "大小（字节）", "Size (bytes)", "Tamanho (bytes)"),
    "pages": ("頁數", "页数", "Pages", "Páginas"),
    "at": ("查驗時間", "查验时间", "Verified at", "Verificado em"),
    "policy": ("查驗規則", "查验规则", "Policy", "Política"),
    "snapshot": ("信任列表版本", "信任列表版本", "Trust list snapshot", "Versão da lista de confiança"),
    "signature": ("簽署", "签署", "Signature", "Assinatura"),
    "document_timestamp": ("文件時間戳記", "文件时间戳", "Document timestamp", "Selo temporal do documento"),
    "signer": ("簽署人", "签署人", "Signer", "Signatário"),
    "issuer": ("發證機構", "发证机构", "Issuer", "Emissor"),
    "serial": ("證書編號", "证书编号", "Certificate serial", "Número do certificado"),
    "territory": ("地區信任列表", "地区信任列表", "Territory's trust list", "Lista de confiança do território"),
    "level": ("級別", "级别", "Level", "Nível"),
    "signing_time": ("簽署時間", "签署时间", "Time", "Data e hora"),
    "signing_time_source": ("時間來源", "时间来源", "Time proved by", "Hora provada por"),
    "coverage": ("涵蓋範圍", "涵盖范围", "Covers", "Abrange"),
    "modifications": ("簽署後的更改", "签署后的更改", "Changes afterwards", "Alterações posteriores"),
    "HK": ("香港", "香港", "Hong Kong", "Hong Kong"),
    "MO": ("澳門", "澳门", "Macao", "Macau"),
    "CN-44": ("廣東", "广东", "Guangdong", "Guangdong"),
    "claimed": ("簽署人自稱", "签署人自称", "the signer's own word", "palavra do signatário"),
    "signature_timestamp": ("簽署時間戳記", "签署时间戳", "signature timestamp", "selo temporal da assinatura"),
    "archive_timestamp": ("歸檔時間戳記", "归档时间戳", "archive timestamp", "selo temporal de arquivo"),
    "ENTIRE_FILE": ("整個檔案", "整个文件", "the whole file", "todo o ficheiro"),
    "ENTIRE_REVISION": ("簽署時的整個版本", "签署时的整个版本", "the whole signed revision", "toda a versão assinada"),
    "UNCLEAR": ("不明", "不明", "unclear", "não é claro"),
    "none": ("沒有", "没有", "none", "nenhuma"),
    "validation_data": (
        "只加入了長期驗證資料",
        "只加入了长期验证数据",
        "only evidence for long-term validation",
        "só dados de validação a longo prazo",
    ),
    "signatures": ("加入了其他簽署", "加入了其他签署", "further signatures", "outras assinaturas"),
    "form": ("填寫了表格", "填写了表单", "form fields filled in", "campos preenchidos"),
    "annotations": ("加入了註解", "加入了批注", "notes added", "notas acrescentadas"),
    "other": ("內容被更改", "内容被更改", "content changed", "conteúdo alterado"),
    "unknown": ("無法判斷", "无法判断", "cannot be told", "não se pode dizer"),
}
FILE_FACTS = ("file", "sha256", "size", "pages", "at", "policy")
SIGNATURE_FACTS = (
    "signer",
    "issuer",
    "serial",
    "territory",
    "level",
    "signing_time",
    "signing_time_source",
    "coverage",
    "modifications",
)
MOMENTS = frozenset({"at", "signing_time"})
WORDED = frozenset({"territory", "signing_time_source", "coverage", "modifications"})
CODES = {"zh-Hant": ("zh", "hk"), "zh-Hans": ("zh", "cn"), "en": ("en", "gb"), "pt": ("pt", "mo")}


def render(report: Mapping[str, object], language: str) -> bytes:
    """The report (as `Report.as_json` gives it) as a PDF; the same bytes for the same report and language."""
    place = LANGUAGES.index(language) if language in LANGUAGES else LANGUAGES.index("en")
    lang = LANGUAGES[place]
    words = {key: said[place] for key, said in WORDS.items()}
    listed = report.get("signatures")
    signatures = [one for one in (listed if isinstance(listed, Sequence) else ()) if isinstance(one, Mapping)]
    data = {
        "lang": CODES[lang][0],
        "title": words["title"],
        "by": words["by"],
        "words": words,
        "verdict": report["verdict"],
        "sentence": sentence(str(report["reason"]), lang),
        "snapshot": str(report.get("trust_snapshot", "")),
        "facts": _facts(report, FILE_FACTS, words),
        "signatures": [
            {
                "title": f"{count}. {words.get(str(one.get('kind')), '')}",
                "verdict": one["verdict"],
                "sentence": sentence(str(one["reason"]), lang),
                "facts": _facts(one, SIGNATURE_FACTS, words),
            }
            for count, one in enumerate(signatures, start=1)
        ],
    }
    return mark.compiled(
        _template(),
        {"data": json.dumps(data, ensure_ascii=False)},
        archival=True,
        timestamp=_moment(str(report.get("at", ""))),
    )


def _facts(holder: Mapping[str, object], keys: tuple[str, ...], words: Mapping[str, str]) -> list[tuple[str, str]]:
    facts = []
    for key in keys:
        value = holder.get(key)
        if value in (None, ""):
            continue
        text = words.get(str(value), str(value)) if key in WORDED else str(value)
        if key in MOMENTS:
            moment = _moment(text)
            text = f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} UTC+8" if moment else text
        facts.append((words[key], text))
    return facts


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("trust.pades") / "report.typ").read_bytes()
