"""What is taken from Guangdong's platform, which sends everything it has under its one scope."""

from gateway.identity.region import Region
from gateway.regions.profile import AttributeRule, RegionProfile

PROFILE = RegionProfile(
    code=Region.GUANGDONG,
    platform={
        "zh-Hant": "廣東省統一身份認證平台",
        "zh-Hans": "广东省统一身份认证平台",
        "en": "Guangdong Unified Identity Platform",
        "pt": "Plataforma Unificada de Identidade de Guangdong",
    },
    attributes=(
        AttributeRule(theirs="cn", ours="chinese_name or latin_name", required=True, verified=True),
        AttributeRule(theirs="idcardtype", ours="document type", required=True, verified=True),
        AttributeRule(theirs="idcardnumber", ours="document number", required=True, verified=True),
        AttributeRule(theirs="sex", ours="sex", required=True, verified=True),
    ),
    ignored=(
        "uid", "telephonenumber", "mail", "address", "area", "link_person_name", "link_person_code", "legal_person",
        "legal_code", "pareobj", "creditable_level_of_account_way_list",
    ),
)  # fmt: skip
