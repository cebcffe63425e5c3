"""What the answers about trust lists and mutual recognition mean, in one sentence, in the four languages.

Keys are `<condition>.<outcome>` for the five conditions, `<outcome>.<reason>` where a reason says more, the conclusions
as `recognition.<conclusion>`, and the states of lists as `list.<state>`.
"""

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")

# key → sentences in the order of LANGUAGES
SENTENCES: dict[str, tuple[str, str, str, str]] = {
    "recognition.recognised": (
        "證書屬粵港兩地互認證書：五項條件在簽署時全部符合。",
        "证书属粤港两地互认证书：五项条件在签署时全部符合。",
        "The certificate is mutually recognised by Hong Kong and Guangdong: all five conditions held when it signed.",
        "O certificado é reconhecido por Hong Kong e Guangdong: as cinco condições cumpriam-se quando assinou.",
    ),
    "recognition.not_recognised": (
        "證書不屬互認證書：至少一項條件在簽署時不符合。",
        "证书不属互认证书：至少一项条件在签署时不符合。",
        "The certificate is not mutually recognised: at least one condition did not hold when it signed.",
        "O certificado não é mutuamente reconhecido: pelo menos uma condição não se cumpria quando assinou.",
    ),
    "recognition.not_listed": (
        "簽發機構所在地的信任列表沒有列出任何互認安排。",
        "签发机构所在地的信任列表没有列出任何互认安排。",
        "The trust list of the authority's territory names no mutual recognition.",
        "A lista de confiança do território da autoridade não indica qualquer reconhecimento mútuo.",
    ),
    "recognition.not_listed.MO": (
        "按澳門第5/2005號法律判斷；未列入任何互認名單。",
        "按澳门第5/2005号法律判断；未列入任何互认名单。",
        "Judged under Macao's Law 5/2005; not on a mutual-recognition list.",
        "Apreciado nos termos da Lei n.º 5/2005 de Macau; não consta de uma lista de reconhecimento mútuo.",
    ),
    "recognition.not_checked": (
        "未能查核證書是否互認，因此不作判斷。",
        "未能查核证书是否互认，因此不作判断。",
        "Whether the certificate is mutually recognised could not be checked, so nothing is said about it.",
        "Não foi possível verificar se o certificado é mutuamente reconhecido; nada se afirma a esse respeito.",
    ),
    "recognition_period.met": (
        "簽署時間在互認有效期內。",
        "签署时间在互认有效期内。",
        "It was signed within the period of recognition.",
        "Foi assinado dentro do período de reconhecimento.",
    ),
    "recognition_period.not_met": (
        "簽署時間不在互認有效期內。",
        "签署时间不在互认有效期内。",
        "It was not signed within the period of recognition.",
        "Não foi assinado dentro do período de reconhecimento.",
    ),
    "root.met": (
        "證書鏈的根證書是列表所列的根證書。",
        "证书链的根证书是列表所列的根证书。",
        "The chain ends at the root that the list names.",
        "A cadeia termina na raiz que a lista indica.",
    ),
    "root.not_met": (
        "證書鏈的根證書不是列表所列的根證書。",
        "证书链的根证书不是列表所列的根证书。",
        "The chain does not end at the root that the list names.",
        "A cadeia não termina na raiz que a lista indica.",
    ),
    "signing_ca.met": (
        "證書由列表所列的簽發機構簽發。",
        "证书由列表所列的签发机构签发。",
        "The certificate was issued by the signing authority that the list names.",
        "O certificado foi emitido pela autoridade que a lista indica.",
    ),
    "signing_ca.not_met": (
        "證書不是由列表所列的簽發機構簽發。",
        "证书不是由列表所列的签发机构签发。",
        "The certificate was not issued by the signing authority that the list names.",
        "O certificado não foi emitido pela autoridade que a lista indica.",
    ),
    "certificate_type.met": (
        "證書的類型名稱與列表相符。",
        "证书的类型名称与列表相符。",
        "The type name in the certificate is the one on the list.",
        "O nome do tipo no certificado é o da lista.",
    ),
    "certificate_type.not_met": (
        "證書的類型名稱與列表不符。",
        "证书的类型名称与列表不符。",
        "The type name in the certificate is not the one on the list.",
        "O nome do tipo no certificado não é o da lista.",
    ),
    "policy.met": (
        "證書載有互認證書策略的物件識別碼。",
        "证书载有互认证书策略的对象标识符。",
        "The certificate carries the identifier of the mutual-recognition policy.",
        "O certificado contém o identificador da política de reconhecimento mútuo.",
    ),
    "policy.not_met": (
        "證書沒有載有互認證書策略的物件識別碼。",
        "证书没有载有互认证书策略的对象标识符。",
        "The certificate does not carry the identifier of the mutual-recognition policy.",
        "O certificado não contém o identificador da política de reconhecimento mútuo.",
    ),
    "not_checked.certificate_not_supplied": (
        "未查核：營運者尚未提供該機構的證書。",
        "未查核：运营者尚未提供该机构的证书。",
        "Not checked: the operator has yet to supply the authority's certificate.",
        "Não verificado: o operador ainda não forneceu o certificado da autoridade.",
    ),
    "not_checked.path_unknown": (
        "未查核：未能建立通往根證書的證書鏈。",
        "未查核：未能建立通往根证书的证书链。",
        "Not checked: no chain to a root could be built.",
        "Não verificado: não foi possível construir uma cadeia até à raiz.",
    ),
    "not_checked.certificate_unreadable": (
        "未查核：無法讀取證書。",
        "未查核：无法读取证书。",
        "Not checked: the certificate cannot be read.",
        "Não verificado: o certificado não pode ser lido.",
    ),
    "not_checked.list_missing": (
        "未查核：沒有該地的信任列表。",
        "未查核：没有该地的信任列表。",
        "Not checked: there is no trust list of the territory.",
        "Não verificado: não há lista de confiança do território.",
    ),
    "not_checked.list_expired": (
        "未查核：該地的信任列表已過期。",
        "未查核：该地的信任列表已过期。",
        "Not checked: the territory's trust list is past its next update.",
        "Não verificado: a lista de confiança do território está fora de prazo.",
    ),
    "not_checked.list_unverified": (
        "未查核：該地信任列表的簽署未能核實。",
        "未查核：该地信任列表的签名未能核实。",
        "Not checked: the signature on the territory's trust list does not hold.",
        "Não verificado: a assinatura da lista de confiança do território não é válida.",
    ),
    "not_checked.list_unreadable": (
        "未查核：無法讀取該地的信任列表。",
        "未查核：无法读取该地的信任列表。",
        "Not checked: the territory's trust list cannot be read.",
        "Não verificado: a lista de confiança do território não pode ser lida.",
    ),
    "list.current": (
        "信任列表有效。",
        "信任列表有效。",
        "The trust list is current.",
        "A lista de confiança está em vigor.",
    ),
    "list.expired": (
        "信任列表已過期，在更新前不作依據。",
        "信任列表已过期，在更新前不作依据。",
        "The trust list is past its next update; nothing rests on it until it is renewed.",
        "A lista de confiança está fora de prazo; nada se apoia nela até ser renovada.",
    ),
    "list.not_yet": (
        "信任列表在所問時間之後才發出；以其歷史紀錄為準。",
        "信任列表在所问时间之后才发出；以其历史记录为准。",
        "The trust list was issued after that moment; what its history says of it counts.",
        "A lista de confiança foi emitida depois desse momento; vale o que o seu historial diz dele.",
    ),
    "list.unverified": (
        "信任列表的簽署未能核實，不作依據。",
        "信任列表的签名未能核实，不作依据。",
        "The signature on the trust list does not hold; nothing rests on it.",
        "A assinatura da lista de confiança não é válida; nada se apoia nela.",
    ),
    "list.unreadable": (
        "無法讀取信任列表，不作依據。",
        "无法读取信任列表，不作依据。",
        "The trust list cannot be read; nothing rests on it.",
        "A lista de confiança não pode ser lida; nada se apoia nela.",
    ),
    "list.missing": (
        "沒有信任列表，該地的機構不受信任。",
        "没有信任列表，该地的机构不受信任。",
        "There is no trust list; the territory's authorities are not trusted.",
        "Não há lista de confiança; as autoridades do território não são de confiança.",
    ),
}


def sentence(key: str, language: str) -> str:
    """The sentence; empty where there is none for the key."""
    found = SENTENCES.get(key)
    return found[LANGUAGES.index(language if language in LANGUAGES else "en")] if found else ""


def of_condition(name: str, outcome: str, reason: str, language: str) -> str:
    """What came of one condition."""
    return sentence(f"not_checked.{reason}" if outcome == "not_checked" else f"{name}.{outcome}", language)


def of_conclusion(conclusion: str, territory: str, language: str) -> str:
    """What came of all of them; a territory may have a sentence of its own."""
    key = f"recognition.{conclusion}"
    return sentence(f"{key}.{territory}", language) or sentence(key, language)
