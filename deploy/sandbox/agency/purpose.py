"""Why the agency may ask for a biometric check, and on what grounds claims may travel to it: an operator's papers.

A real operator writes these into the settings after an impact assessment and after filing the contract; the sandbox
brings invented ones, so that the gates that ask for them have something to see.
"""

from deploy.sandbox.agency import names
from deploy.sandbox.agency.services import CHECK_PURPOSE
from gateway.identity.check import CheckPurpose
from gateway.identity.claim import CLAIMS
from gateway.identity.region import HOMES, Region
from gateway.identity.transfer import TransferBasis
from gateway.identity.transfer_ground import Ground

NOTICE = "biometric-check"
PHONE = "+86 20 0000 12345"  # no number in Guangzhou begins with zeros


def check_purpose() -> CheckPurpose:
    """The one purpose for which this agency may ask."""
    return CheckPurpose(
        code=CHECK_PURPOSE,
        notice=NOTICE,
        agencies=frozenset({names.AGENCY}),
        impact_assessment="SANDBOX-PIA-2026-001",
        necessity=_NECESSITY,
        parameters={
            language: {
                "agency_phone": PHONE,
                "check_service": _SERVICE[language],
                "check_place": _PLACE[language],
                "counter_place": _COUNTER[language],
                "counter_hours": _HOURS[language],
                "service_name": _SERVICE_NAME[language],
                "read_aloud_seconds": _READ_ALOUD_SECONDS[language],
            }
            for language in names.LANGUAGES
        },
        service_item="sandbox-business-branch",
        parties=(
            {"party_id": names.AGENCY, "name": names.NAMES["zh-Hans"], "role": "handler", "contact": PHONE},
            {"party_id": "sandbox-face-comparison", "name": _SERVICE["zh-Hans"], "role": "processor", "contact": PHONE},
        ),
    )


def transfer_bases() -> tuple[TransferBasis, ...]:
    """Each home to the agency's region: what is not sensitive under a standard contract, the rest by asking."""
    contract = {Region.HONG_KONG: Ground.STANDARD_CONTRACT_HK, Region.MACAU: Ground.STANDARD_CONTRACT_MO}
    plain = frozenset(name for name, claim in CLAIMS.items() if not claim.sensitive)
    return tuple(
        basis
        for home in HOMES
        for basis in (
            TransferBasis(
                source=home.value,
                destination=names.REGION,
                ground=contract[home],
                reference=f"SANDBOX-SC-{home.value}-2026-001",
                claims=plain,
            ),
            TransferBasis(
                source=home.value,
                destination=names.REGION,
                ground=Ground.SEPARATE_CONSENT,
                reference="PIPL Art. 39",
                claims=frozenset(CLAIMS) - plain,
            ),
        )
    )


_NECESSITY = {
    "zh-Hant": "分支機構一經登記，即可以你的名義經營及負債；"
    "如有人冒用你的證件，你將承擔後果，因此須確認申請人就是證件持有人。",
    "zh-Hans": "分支机构一经登记，即可以您的名义经营和负债；"
    "如有人冒用您的证件，您将承担后果，因此需要确认申请人就是证件持有人。",
    "en": "Once a branch is registered it can trade and owe money in your name. If somebody else used your document, "
    "you would bear the consequences, so it must be certain that the applicant is the holder of the document.",
    "pt": "Depois de registada, a sucursal pode negociar e contrair dívidas em seu nome. Se outra pessoa usasse o seu "
    "documento, seria você a arcar com as consequências; por isso é preciso ter a certeza de que quem pede é o "
    "titular do documento.",
}
_SERVICE = {
    "zh-Hant": "模擬面容比對服務（沙盒）",
    "zh-Hans": "模拟人脸比对服务（沙盒）",
    "en": "the simulated face comparison service (sandbox)",
    "pt": "o serviço simulado de comparação facial (ensaio)",
}
_PLACE = {
    "zh-Hant": "廣東省廣州市",
    "zh-Hans": "广东省广州市",
    "en": "Guangzhou, Guangdong Province",
    "pt": "Cantão, Província de Guangdong",
}
_COUNTER = {
    "zh-Hant": "木棉灣商事登記處服務大廳（沙盒）",
    "zh-Hans": "木棉湾商事登记处服务大厅（沙盒）",
    "en": "the service hall of the Kapok Bay Business Registry (sandbox)",
    "pt": "a sala de atendimento da Conservatória Comercial da Baía da Sumaúma (ensaio)",
}
_HOURS = {
    "zh-Hant": "星期一至五，上午九時至下午五時",
    "zh-Hans": "周一至周五，上午九时至下午五时",
    "en": "Monday to Friday, 9 am to 5 pm",
    "pt": "de segunda a sexta-feira, das 9 às 17 horas",
}
_SERVICE_NAME = {
    "zh-Hant": "跨境商事登記：分支機構",
    "zh-Hans": "跨境商事登记：分支机构",
    "en": "cross-border registration of a branch",
    "pt": "registo transfronteiriço de uma sucursal",
}
# at an unhurried pace: about four characters, or two and a quarter words, a second
_READ_ALOUD_SECONDS = {"zh-Hant": "300", "zh-Hans": "300", "en": "270", "pt": "280"}
