"""A consent's receipt as a PDF for people (PDF/A-3a): its words, its history, and its signed form attached."""

import json
from collections.abc import Mapping
from typing import Any

from trust.pades import paper, typesetting
from trust.pades.paper import local
from trust.validation.words import Words, said

HOW_EN = (
    "The signed receipt is attached. With the issuer's published keys anybody can check that the signature, "
    "the words that were shown and every step since then are unchanged."
)
HOW_PT = (
    "O recibo assinado está em anexo. Com as chaves publicadas pelo emissor, qualquer pessoa pode verificar que a "
    "assinatura, as palavras mostradas e cada passo posterior não foram alterados."
)
WORDS: Words = {
    "title": ("同意收據", "同意凭证", "Receipt of a consent", "Recibo de consentimento"),
    "receipt": ("收據編號", "凭证编号", "Receipt", "Recibo"),
    "record": ("同意紀錄", "同意记录", "Consent record", "Registo de consentimento"),
    "issuer": ("發出者", "出具方", "Issued by", "Emitido por"),
    "issued_at": ("發出時間", "出具时间", "Issued at", "Emitido em"),
    "state": ("現時狀態", "当前状态", "State now", "Estado actual"),
    "valid_until": ("有效至", "有效期至", "Valid until", "Válido até"),
    "single_use": ("只用一次", "仅用一次", "For one use only", "Para uma única utilização"),
    "history": ("經過", "经过", "What happened", "O que aconteceu"),
    "attached": ("經簽署的收據", "经签名的凭证", "The signed receipt", "O recibo assinado"),
    "how": (
        "本文件附有經數碼簽署的收據。任何人均可憑發出者公布的鑰匙查核：簽署、當時所示的文字及其後的每一步均未被更改。",
        "本文件附有经数字签名的凭证。任何人都可以凭出具方公布的密钥核验：签名、当时显示的文字及此后的每一步均未被更改。",
        HOW_EN,
        HOW_PT,
    ),
    "text_hash": ("文字摘要", "文字摘要", "Digest of the words", "Resumo do texto"),
    "requested": ("提出詢問", "提出询问", "asked", "perguntado"),
    "given": ("同意", "同意", "agreed", "consentido"),
    "refused": (
        "不同意，改用其他方式",
        "不同意，改用其他方式",
        "declined, another way chosen",
        "recusado, outra via escolhida",
    ),
    "unanswered": ("沒有回答", "没有回答", "not answered", "sem resposta"),
    "used": ("已使用", "已使用", "used", "utilizado"),
    "withdrawn": ("已撤回", "已撤回", "withdrawn", "retirado"),
    "expired": ("已到期", "已到期", "expired", "caducado"),
    "invalidated": ("已失效", "已失效", "no longer valid", "invalidado"),
    "replaced": (
        "已由新的同意取代",
        "已由新的同意取代",
        "replaced by a newer one",
        "substituído por outro mais recente",
    ),
    "renotified": ("已再次告知", "已再次告知", "told anew", "informado de novo"),
    "deletion-confirmed": ("已確認刪除", "已确认删除", "deletion confirmed", "eliminação confirmada"),
}


def render(content: Mapping[str, Any], *, signed: str, language: str) -> bytes:
    """The receipt whose JSON is `content` and whose compact JWS is `signed`, in the reader's language.

    The words of the notice stay in the language in which they were shown: that is what was agreed to.
    """
    lang = paper.known(language)
    words = said(WORDS, lang)
    events = [(local(event["at"]), words.get(event["state"], event["state"])) for event in content["events"]]
    data = {
        "lang": paper.CODES[lang][0],
        "region": paper.CODES[lang][1],
        "title": words["title"],
        "by": content["issuer"],
        "receipt": content["receipt_id"],
        "facts": _facts(content, words, now=events[-1][1]),
        "how": words["how"],
        "history": words["history"],
        "attached": words["attached"],
        "events": events,
        "notices": [_notice(notice, words) for notice in content["notices"]],
    }
    return typesetting.compiled(
        paper.template("receipt.typ"),
        {"data": json.dumps(data, ensure_ascii=False), "signed": signed},
        archival=True,
        attachments=True,
        timestamp=paper.moment(content["issued_at"]),
    )


def _facts(content: Mapping[str, Any], words: Mapping[str, str], *, now: str) -> list[tuple[str, str]]:
    facts = [
        (words["record"], content["record_id"]),
        (words["receipt"], content["receipt_id"]),
        (words["issuer"], content["issuer"]),
        (words["issued_at"], local(content["issued_at"])),
        (words["state"], now),
    ]
    if content["valid_until"]:
        facts.append((words["valid_until"], local(content["valid_until"])))
    if content["single_use"]:
        facts.append((words["single_use"], "✓"))
    return facts


def _notice(notice: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, object]:
    code, region = paper.CODES.get(notice["language"], paper.UNKNOWN)
    about = f"{notice['notice_id']} {notice['notice_version']} · {notice['language']} · {words['text_hash']} "
    return {
        "lang": code,
        "region": region,
        "title": notice["title"],
        "about": about + notice["text_sha256"],
        "blocks": [block["text"] for block in notice["blocks"]],
    }
