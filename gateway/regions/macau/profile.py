"""What is taken from One Account; which claim carries it is a setting (no public protocol)."""

from gateway.identity.region import Region
from gateway.regions.profile import AttributeRule, RegionProfile

PROFILE = RegionProfile(
    code=Region.MACAU,
    platform={"zh-Hant": "一戶通", "zh-Hans": "一户通", "en": "Macao One Account", "pt": "Conta Única de Macau"},
    attributes=(
        AttributeRule(theirs="mo_bir", ours="mo_bir", required=True, verified=True),
        AttributeRule(theirs="latin_name", ours="latin_name", required=True, verified=True),
        AttributeRule(theirs="sex", ours="sex", required=True, verified=True),
        AttributeRule(theirs="birth_date", ours="birth_date", required=True, verified=True),
        AttributeRule(theirs="chinese_name", ours="chinese_name", required=False, verified=False),
        AttributeRule(theirs="hmt_permit", ours="hmt_permit", required=False, verified=True),
        AttributeRule(theirs="hmt_permit_non_cn", ours="hmt_permit_non_cn", required=False, verified=True),
    ),
    ignored=("phone_number", "email", "address"),
)
