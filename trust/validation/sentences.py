"""What each reason means, in one sentence, in the four languages of the product.

The page, the command line and the printed report say the same. Keys are the reasons of judge.py and reader.py.
"""

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")

# reason → sentences in the order of LANGUAGES
SENTENCES: dict[str, tuple[str, str, str, str]] = {
    "valid": (
        "簽署有效，簽署後內容未被更改。",
        "签署有效，签署后内容未被更改。",
        "The signature is valid and the content was not changed after it.",
        "A assinatura é válida e o conteúdo não foi alterado depois dela.",
    ),
    "timestamped_only": (
        "文件帶有有效的時間戳記，但沒有任何人簽署。",
        "文件带有有效的时间戳，但没有任何人签署。",
        "The file carries a valid timestamp, but nobody signed it.",
        "O ficheiro tem um selo temporal válido, mas ninguém o assinou.",
    ),
    "HASH_FAILURE": (
        "檔案在簽署後被更改：簽署所涵蓋的內容與檔案現有內容不符。",
        "文件在签署后被更改：签署所涵盖的内容与文件现有内容不符。",
        "The file was changed after it was signed: what was signed is not what is there now.",
        "O ficheiro foi alterado depois de assinado: o que foi assinado não é o que lá está agora.",
    ),
    "SIG_CRYPTO_FAILURE": (
        "簽署值並非由所示證書的持有人作出。",
        "签名值并非由所示证书的持有人作出。",
        "The signature value was not made by the holder of the certificate that is shown.",
        "O valor da assinatura não foi feito pelo titular do certificado indicado.",
    ),
    "FORMAT_FAILURE": (
        "簽署的結構有誤，正當的軟件不會寫出這樣的檔案。",
        "签署的结构有误，正当的软件不会写出这样的文件。",
        "The signature is built wrongly, in a way that no honest program writes.",
        "A assinatura está mal construída, de um modo que nenhum programa honesto escreve.",
    ),
    "modified_after_signing": (
        "簽署後有人更改或加入了內容。",
        "签署后有人更改或加入了内容。",
        "Content was changed or added after signing.",
        "O conteúdo foi alterado ou acrescentado depois da assinatura.",
    ),
    "modified_against_certification": (
        "簽署人不允許作出的更改在簽署後發生了。",
        "签署人不允许作出的更改在签署后发生了。",
        "After signing, the file was changed in a way that the signer does not allow.",
        "Depois da assinatura, o ficheiro foi alterado de um modo que o signatário não permite.",
    ),
    "annotated_after_signing": (
        "簽署後加入或更改了註解，可能遮蓋原有內容。",
        "签署后加入或更改了批注，可能遮盖原有内容。",
        "Notes were added or changed after signing; they may cover what was signed.",
        "Foram acrescentadas ou alteradas notas depois da assinatura; podem tapar o que foi assinado.",
    ),
    "covered_after_signing": (
        "之後的簽署圖章遮蓋了先前已簽署的內容。",
        "之后的签署图章遮盖了先前已签署的内容。",
        "The mark of a later signature covers what was signed before.",
        "A marca de uma assinatura posterior tapa o que já estava assinado.",
    ),
    "described_otherwise_after_sealing": (
        "蓋印後更改了文件的標題、描述或所附證據；印章不容許這樣做。",
        "盖章后更改了文件的标题、描述或所附证据；印章不容许这样做。",
        "After sealing, the title, description or kept evidence was changed; a seal does not allow that.",
        "Depois do selo, foram alterados o título, a descrição ou as provas guardadas; um selo não o permite.",
    ),
    "signed_after_sealing": (
        "蓋印後又加入了其他簽署；按電子印章的規則，蓋印後不得再加入任何內容。",
        "盖章后又加入了其他签署；按电子印章的规则，盖章后不得再加入任何内容。",
        "Another signature was added after the seal; by the rules for seals nothing may be added.",
        "Foi acrescentada outra assinatura depois do selo; pelas regras dos selos nada pode ser acrescentado.",
    ),
    "level_below_policy": (
        "簽署有效，但檔案內沒有長期保存所需的證據。",
        "签署有效，但文件内没有长期保存所需的证据。",
        "The signature is valid, but the file does not hold the evidence that keeping it takes.",
        "A assinatura é válida, mas o ficheiro não contém as provas necessárias para a sua conservação.",
    ),
    "timestamp_broken": (
        "簽署內的時間戳記已損壞或屬於其他內容。",
        "签署内的时间戳已损坏或属于其他内容。",
        "A timestamp in the signature is damaged or belongs to something else.",
        "Um selo temporal da assinatura está danificado ou pertence a outra coisa.",
    ),
    "time_not_proved": (
        "沒有時間戳記證明簽署的時間。",
        "没有时间戳证明签署的时间。",
        "No timestamp proves when it was signed.",
        "Nenhum selo temporal prova quando foi assinado.",
    ),
    "form_filled_after_signing": (
        "簽署後填寫了表格欄位，簽署人沒有說明是否允許。",
        "签署后填写了表单字段，签署人没有说明是否允许。",
        "Form fields were filled in after signing, and the signer did not say whether that is allowed.",
        "Foram preenchidos campos depois da assinatura, e o signatário não disse se isso é permitido.",
    ),
    "changes_not_analysable": (
        "檔案結構受損，無法判斷簽署後改了甚麼。",
        "文件结构受损，无法判断签署后改了什么。",
        "The file's structure is damaged, so what was changed after signing cannot be told.",
        "A estrutura do ficheiro está danificada; não se pode dizer o que foi alterado depois da assinatura.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": (
        "簽署人的證書並非由信任列表上的機構發出。",
        "签署人的证书并非由信任列表上的机构签发。",
        "The signer's certificate was not issued by an authority on the trust lists.",
        "O certificado do signatário não foi emitido por uma autoridade das listas de confiança.",
    ),
    "trust_list_expired": (
        "簽署人的證書由信任列表上的機構發出，但該列表在驗證的時刻已過期。",
        "签署人的证书由信任列表上的机构签发，但该列表在验证的时刻已过期。",
        "The signer's authority is on a trust list that had expired at the moment of verification.",
        "A autoridade do signatário está numa lista de confiança já expirada no momento da verificação.",
    ),
    "NO_SIGNING_CERTIFICATE_FOUND": (
        "檔案內找不到簽署人的證書。",
        "文件内找不到签署人的证书。",
        "The signer's certificate is not in the file.",
        "O certificado do signatário não está no ficheiro.",
    ),
    "OUT_OF_BOUNDS_NO_POE": (
        "證書已過期，而且沒有時間戳記證明簽署在過期前作出。",
        "证书已过期，而且没有时间戳证明签署在过期前作出。",
        "The certificate has expired and no timestamp proves that the signature was made before.",
        "O certificado expirou e nenhum selo temporal prova que a assinatura foi feita antes disso.",
    ),
    "NOT_YET_VALID": (
        "簽署時證書尚未生效。",
        "签署时证书尚未生效。",
        "The certificate was not valid yet.",
        "O certificado ainda não era válido.",
    ),
    "REVOKED": (
        "證書在簽署前已被撤銷。",
        "证书在签署前已被吊销。",
        "The certificate had been revoked before the signature was made.",
        "O certificado tinha sido revogado antes de a assinatura ser feita.",
    ),
    "REVOKED_NO_POE": (
        "證書已被撤銷，而且沒有證據顯示簽署在撤銷前作出。",
        "证书已被吊销，而且没有证据显示签署在吊销前作出。",
        "The certificate was revoked and nothing proves that the signature was made before.",
        "O certificado foi revogado e nada prova que a assinatura foi feita antes disso.",
    ),
    "REVOKED_CA_NO_POE": (
        "發證機構的證書已被撤銷，而且沒有證據顯示簽署在撤銷前作出。",
        "发证机构的证书已被吊销，而且没有证据显示签署在吊销前作出。",
        "An issuing authority was revoked and nothing proves that the signature was made before.",
        "Uma autoridade emissora foi revogada e nada prova que a assinatura foi feita antes disso.",
    ),
    "TRY_LATER": (
        "現時查不到證書有否被撤銷，請稍後再試。",
        "目前查不到证书是否被吊销，请稍后再试。",
        "Whether the certificate was revoked cannot be found out now; try again later.",
        "Não é possível saber agora se o certificado foi revogado; tente mais tarde.",
    ),
    "CHAIN_CONSTRAINTS_FAILURE": (
        "證書鏈不符合規則，或證書不可作此用途。",
        "证书链不符合规则，或证书不可作此用途。",
        "The certificates break a rule of their chain, or are not meant for this use.",
        "Os certificados violam uma regra da cadeia ou não se destinam a este uso.",
    ),
    "SIG_CONSTRAINTS_FAILURE": (
        "簽署沒有指明所用的證書，或指明了另一張。",
        "签署没有指明所用的证书，或指明了另一张。",
        "The signature does not name its certificate, or names another one.",
        "A assinatura não indica o seu certificado, ou indica outro.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": (
        "所用的密碼算法已不可靠，而且沒有證據顯示簽署在此之前作出。",
        "所用的密码算法已不可靠，而且没有证据显示签署在此之前作出。",
        "An algorithm that was used can no longer be relied on, and nothing proves an earlier time.",
        "Um algoritmo usado já não é fiável e nada prova uma data anterior.",
    ),
    "TIMESTAMP_ORDER_FAILURE": (
        "時間戳記的先後次序不可能成立。",
        "时间戳的先后次序不可能成立。",
        "The times of the timestamps cannot be in this order.",
        "Os tempos dos selos temporais não podem estar por esta ordem.",
    ),
    "seal_not_genuine": (
        "電子印章本身並非由所示的製作者製發，或曾被更改。",
        "电子印章本身并非由所示的制作者制发，或曾被更改。",
        "The electronic seal itself was not made by the maker that it names, or it was changed.",
        "O próprio selo eletrónico não foi feito pelo fabricante que indica, ou foi alterado.",
    ),
    "seal_of_others": (
        "蓋印所用的證書不在電子印章列明的簽章人之內。",
        "盖章所用的证书不在电子印章列明的签章人之内。",
        "Whoever sealed is not among those who may use this electronic seal.",
        "Quem apôs o selo não está entre os que podem usar este selo eletrónico.",
    ),
    "seal_not_understood": (
        "電子印章含有未能在此查驗的內容，或其時間戳記不成立。",
        "电子印章含有未能在此查验的内容，或其时间戳不成立。",
        "The electronic seal holds something that cannot be checked here, or its timestamp does not hold.",
        "O selo eletrónico contém algo que não pode ser verificado aqui, ou o seu selo temporal não é válido.",
    ),
    "seal_out_of_use": (
        "就所知的蓋印時間而言，電子印章不在有效期內。",
        "就所知的盖章时间而言，电子印章不在有效期内。",
        "As far as the time of sealing is known, the electronic seal was not in use then.",
        "Tanto quanto se sabe da hora da aposição, o selo eletrónico não estava então em uso.",
    ),
    "seal_maker_not_trusted": (
        "電子印章製作者的證書未能連到信任列表上的機構。",
        "电子印章制作者的证书未能连到信任列表上的机构。",
        "The certificate of the seal's maker does not lead to an authority on the trust lists.",
        "O certificado do fabricante do selo não conduz a uma autoridade das listas de confiança.",
    ),
    "rendered_differently": (
        "檔案簽署時的樣子與現在的樣子不同，或不同軟件會看到不同的內容。",
        "文件签署时的样子与现在的样子不同，或不同软件会看到不同的内容。",
        "The file does not look as it did when it was signed, or other programs show something else.",
        "O ficheiro não tem o aspeto que tinha ao ser assinado, ou programas diferentes mostram coisas diferentes.",
    ),
    "signature_empty": (
        "這個簽署位置是空的，沒有人簽署。",
        "这个签署位置是空的，没有人签署。",
        "This place for a signature is empty: nobody signed in it.",
        "Este lugar para uma assinatura está vazio: ninguém assinou nele.",
    ),
    "stamp_holds": (
        "時間戳記有效：它所涵蓋的內容在所示時間已經存在。",
        "时间戳有效：它所涵盖的内容在所示时间已经存在。",
        "The timestamp is valid: what it covers existed at the time shown.",
        "O selo temporal é válido: o que ele abrange existia na data indicada.",
    ),
    "no_signature": (
        "檔案沒有任何簽署。",
        "文件没有任何签署。",
        "The file carries no signature.",
        "O ficheiro não tem nenhuma assinatura.",
    ),
    "not_a_pdf": (
        "這不是 PDF 檔案。",
        "这不是 PDF 文件。",
        "This is not a PDF file.",
        "Isto não é um ficheiro PDF.",
    ),
    "empty": ("檔案是空的。", "文件是空的。", "The file is empty.", "O ficheiro está vazio."),
    "encrypted": (
        "檔案已加密，無法讀取；長期保存的檔案也不得加密。",
        "文件已加密，无法读取；长期保存的文件也不得加密。",
        "The file is encrypted and cannot be read; records to be kept must not be encrypted.",
        "O ficheiro está cifrado e não pode ser lido; os documentos a conservar não podem estar cifrados.",
    ),
    "unreadable": (
        "檔案已損壞，無法讀取。",
        "文件已损坏，无法读取。",
        "The file is damaged and cannot be read.",
        "O ficheiro está danificado e não pode ser lido.",
    ),
    "too_large": (
        "檔案太大。",
        "文件太大。",
        "The file is too large.",
        "O ficheiro é demasiado grande.",
    ),
    "reading_took_too_long": (
        "讀取檔案所需時間太長，已停止。",
        "读取文件所需时间太长，已停止。",
        "Reading the file took too long and was stopped.",
        "A leitura do ficheiro demorou demasiado e foi interrompida.",
    ),
    "reading_took_too_much_memory": (
        "讀取檔案所需記憶體太多，已停止。",
        "读取文件所需内存太多，已停止。",
        "Reading the file took too much memory and was stopped.",
        "A leitura do ficheiro exigiu demasiada memória e foi interrompida.",
    ),
    "reading_crashed": (
        "讀取檔案時發生嚴重錯誤。",
        "读取文件时发生严重错误。",
        "Reading the file failed badly.",
        "A leitura do ficheiro falhou gravemente.",
    ),
    "structure_too_deep": (
        "檔案結構層數太多。",
        "文件结构层数太多。",
        "The file's structure is nested too deeply.",
        "A estrutura do ficheiro está demasiado encaixada.",
    ),
    "file_unreadable": (
        "無法打開檔案。",
        "无法打开文件。",
        "The file cannot be opened.",
        "O ficheiro não pode ser aberto.",
    ),
    "algorithm_unsupported": (
        "簽署所用的密碼算法未能在此查驗。",
        "签署所用的密码算法未能在此查验。",
        "The signature uses an algorithm that cannot be checked here.",
        "A assinatura usa um algoritmo que não pode ser verificado aqui.",
    ),
    "format_unsupported": (
        "簽署的格式未能在此查驗。",
        "签署的格式未能在此查验。",
        "The signature has a format that cannot be checked here.",
        "A assinatura tem um formato que não pode ser verificado aqui.",
    ),
    "digest_not_supplied": (
        "未有提供以此簽署所用算法計算的摘要。",
        "未提供以此签署所用算法计算的摘要。",
        "No digest was supplied by the algorithm that this signature uses.",
        "Não foi fornecido nenhum resumo do algoritmo que esta assinatura usa.",
    ),
    "cms_too_large": (
        "簽署資料太大，未能查驗。",
        "签署数据太大，未能查验。",
        "The signature's data is too large to be checked.",
        "Os dados da assinatura são demasiado grandes para serem verificados.",
    ),
    "cms_malformed": (
        "簽署或時間戳記的資料有誤。",
        "签署或时间戳的数据有误。",
        "The data of the signature or timestamp is malformed.",
        "Os dados da assinatura ou do selo temporal estão malformados.",
    ),
}


def sentence(reason: str, language: str) -> str:
    """What the reason means; the reason itself where it has no sentence."""
    found = SENTENCES.get(reason)
    if found is None:
        return reason.replace("_", " ")
    return found[LANGUAGES.index(language) if language in LANGUAGES else LANGUAGES.index("en")]
