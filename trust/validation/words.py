"""The words of a report in the four languages of the product, for whoever shows one: paper, the command line."""

from collections.abc import Mapping
from typing import Any

from trust.validation.sentences import LANGUAGES

Words = dict[str, tuple[str, str, str, str]]  # word → in the order of LANGUAGES

WORDS: Words = {
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
    "proved_level": ("已證實的級別", "已证实的级别", "Level that is proved", "Nível comprovado"),
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
    "unshown": (
        "只更改了頁面不顯示的內容（標題、描述或證據）",
        "只更改了页面不显示的内容（标题、描述或证据）",
        "only what no page shows (title, description, evidence)",
        "só o que nenhuma página mostra (título, descrição, provas)",
    ),
    "signatures": ("加入了其他簽署", "加入了其他签署", "further signatures", "outras assinaturas"),
    "form": ("填寫了表格", "填写了表单", "form fields filled in", "campos preenchidos"),
    "annotations": ("加入了註解", "加入了批注", "notes added", "notas acrescentadas"),
    "other": ("內容被更改", "内容被更改", "content changed", "conteúdo alterado"),
    "unknown": ("無法判斷", "无法判断", "cannot be told", "não se pode dizer"),
    "document_digest": (
        "摘要（由查驗者提供，未見文件）",
        "摘要（由查验者提供，未见文件）",
        "Digest (supplied by the asker; the document was not seen)",
        "Resumo (fornecido por quem pede; o documento não foi visto)",
    ),
    "DIGEST_SUPPLIED": (
        "查驗者提供的摘要",
        "查验者提供的摘要",
        "the digest that the asker supplied",
        "o resumo fornecido por quem pede",
    ),
    "act": (
        "第 {first}（{first_key}）及第 {second}（{second_key}）個簽署是同一次簽署的兩半。",
        "第 {first}（{first_key}）及第 {second}（{second_key}）个签署是同一次签署的两半。",
        "Signatures {first} ({first_key}) and {second} ({second_key}) are the two halves of one act of signing.",
        "As assinaturas {first} ({first_key}) e {second} ({second_key}) são as duas metades de um só ato.",
    ),
    "electronic_seal": ("電子印章", "电子印章", "Electronic seal", "Selo eletrónico"),
    "process": ("查驗程序", "查验程序", "Validation process", "Processo de validação"),
    "basic": ("基本", "基本", "basic", "básico"),
    "with_time": ("連同時間證明", "连同时间证明", "with time", "com prova de tempo"),
    "long_term": ("長期保存", "长期保存", "long-term", "a longo prazo"),
    "not PAdES": ("非 PAdES", "非 PAdES", "not PAdES", "não é PAdES"),
    "sub_indication": ("標準用語", "标准用语", "In the standard's words", "Nas palavras da norma"),
    "nobody_known": ("身份不明", "身份不明", "nobody known", "ninguém conhecido"),
    "files": ("{count} 個檔案", "{count} 个文件", "{count} files", "{count} ficheiros"),
    "speed": ("每秒 {speed} 個", "每秒 {speed} 个", "{speed} a second", "{speed} por segundo"),
    "attached": (
        "報告全文（JSON）",
        "报告全文（JSON）",
        "The whole report as JSON",
        "O relatório completo em JSON",
    ),
    "how": (
        "本文件附有報告全文。憑同一檔案、信任列表、規則、時間及證據，隨時可重新得出相同的報告。",
        "本文件附有报告全文。凭同一文件、信任列表、规则、时间及证据，随时可重新得出相同的报告。",
        "The whole report is attached. The same file, lists, policy, moment and evidence give the same report again.",
        "O relatório completo está em anexo. Com o mesmo ficheiro, listas, política, data e provas obtém-se o mesmo.",
    ),
    "unsealed": (
        "本報告未經蓋印：現時沒有可用的印章。請以附件中的全文重新查驗。",
        "本报告未经盖章：目前没有可用的印章。请以附件中的全文重新查验。",
        "This report carries no seal: none was available. Rely on it only after verifying anew.",
        "Este relatório não tem selo: nenhum estava disponível. Confie nele só depois de verificar de novo.",
    ),
}


def said(table: Words, language: str) -> dict[str, str]:
    """Every word of a table in a language; English where it is none of ours."""
    place = LANGUAGES.index(language) if language in LANGUAGES else LANGUAGES.index("en")
    return {word: texts[place] for word, texts in table.items()}


KEYS = {"sm2": "SM2", "rsa": "RSA", "ec": "ECDSA"}


def acts(report: Mapping[str, Any], language: str) -> list[str]:
    """A line for each act that two signatures of a report (as JSON) are the halves of."""
    lines = []
    for act in report.get("acts", ()):
        first, second = act["halves"]
        told = words(language)["act"].format(
            first=first["signature"],
            first_key=KEYS.get(first["key"], first["key"]),
            second=second["signature"],
            second_key=KEYS.get(second["key"], second["key"]),
        )
        lines.append(told)
    return lines


def words(language: str) -> dict[str, str]:
    """The words of a report."""
    return said(WORDS, language)


def later_changes(signature: Mapping[str, Any]) -> str:
    """What was added after a signature, as a word; none where what was signed is no longer there to add to."""
    return "" if signature.get("reason") == "HASH_FAILURE" else str(signature.get("modifications", ""))
