"""What is taken from iAM Smart."""

from gateway.identity.region import Region
from gateway.regions.profile import AttributeRule, RegionProfile

PROFILE = RegionProfile(
    code=Region.HONG_KONG,
    platform={"zh-Hant": "智方便", "zh-Hans": "智方便", "en": "iAM Smart", "pt": "iAM Smart"},
    attributes=(
        AttributeRule(theirs="idNo", ours="hkid", required=True, verified=True),
        AttributeRule(theirs="enName", ours="latin_name", required=True, verified=True),
        AttributeRule(theirs="gender", ours="sex", required=True, verified=True),
        AttributeRule(theirs="birthDate", ours="birth_date", required=True, verified=True),
        AttributeRule(theirs="chName", ours="chinese_name", required=False, verified=False),  # chNameVerified says
    ),
    # form filling offers these; a binding needs none of them
    ignored=(
        "passportNumber", "homeTelNumber", "mobileNumber", "officeTelNumber", "emailAddress", "postalAddress",
        "residentialAddress", "maritalStatus", "employmentStatus", "educationLevel", "propertyOwner", "carOwner",
    ),
)  # fmt: skip
