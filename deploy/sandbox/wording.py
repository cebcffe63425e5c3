"""The words of the simulators' pages, in English and Traditional Chinese."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "mark": ("SANDBOX – invented persons, no real service", "沙盒 SANDBOX ‧ 人物虛構，並非真實服務"),
    "hk_name": ("Simulated iAM Smart", "模擬「智方便」"),
    "mo_name": ("Simulated Macao One Account", "模擬「一戶通」"),
    "gd_name": ("Simulated Guangdong identity platform", "模擬「廣東省統一身份認證平台」"),
    "check_name": ("Simulated face comparison", "模擬人臉比對服務"),
    "choose": ("Who are you today?", "今天你是哪一位？"),
    "choose_lead": (
        "Choose a person, or type sign-in words. Then agree, cancel, or let it expire.",
        "請選擇一位人物，或輸入登入資料，然後同意、取消或任其逾時。",
    ),
    "words": ("Sign-in words", "登入資料"),
    "type_instead": ("Type the words instead", "改為自行輸入"),
    "login": ("Login", "帳號"),
    "password": ("Password", "密碼"),
    "agree": ("Agree", "同意"),
    "cancel": ("Cancel", "取消"),
    "reject": ("Refuse", "拒絕"),
    "time_out": ("Let it expire", "任其逾時"),
    "nobody": ("Nobody has these sign-in words. Choose a person or try again.", "找不到此登入資料，請選擇人物或再試。"),
    "profile_ask": ("The gateway asks for your profile", "閘道要求提供你的個人資料"),
    "profile_lead": ("If you agree, these are sent to it:", "如同意，將會提供以下資料："),
    "stepup_ask": ("Please confirm that it is you", "請確認是你本人"),
    "stepup_lead": (
        "The gateway asks for a confirmation with your phone. No face is used.",
        "閘道要求以手機再次確認，不使用人臉。",
    ),
    "sign_ask": ("Sign with iAM Smart", "智方便數碼簽署"),
    "sign_lead": (
        "Compare this code with the one that the service shows. Sign only if they are the same.",
        "請核對以下識別碼與網上服務所示是否相同；相同才好簽署。",
    ),
    "release_ask": ("Release your key at eSignCloud", "在「雲簽」授權使用你的簽署密鑰"),
    "release_lead": ("It signs one document, and only once.", "只會簽署一份文件，僅此一次。"),
    "phone": ("Phones of the sandbox", "沙盒內的手機"),
    "phone_lead": (
        "Codes that simulated eSignCloud has sent. Its PIN is 246810.",
        "模擬「雲簽」發出的驗證碼；PIN 為 246810。",
    ),
    "phone_empty": ("Nothing was sent.", "沒有訊息。"),
    "otp": ("One-time password", "一次性密碼"),
    "otp_lead": ("Sent to your phone; in the sandbox it stands here:", "已發送至手機；沙盒內顯示如下："),
    "otp_wrong": ("That is not the one-time password.", "一次性密碼不正確。"),
    "method": ("Sign in by", "登入方式"),
    "method_password": ("Password", "密碼"),
    "method_eid": ("Electronic identity on the phone", "手機電子身份"),
    "check_ask": ("Compare your face with your document photo", "比對面容與證件相片"),
    "check_lead": (
        "The sandbox has no camera and sees no face: you choose how the comparison comes out.",
        "沙盒沒有鏡頭，亦不會看到任何面容：由你選擇比對結果。",
    ),
    "application": ("Application", "申請編號"),
    "check_passed": ("The face matches", "比對相符"),
    "check_failed": ("The face does not match", "比對不符"),
    "gone": ("This page has run out", "此頁已失效"),
    "gone_lead": ("Go back to the gateway and start again.", "請返回閘道重新開始。"),
    "nowhere": ("There is no such page", "沒有這一頁"),
    "start_title": ("The outside world, on one machine", "一機之內的外部世界"),
    "start_lead": (
        "Simulators that speak the platforms' wire formats, and the persons who live in them.",
        "模擬各平台的真實通訊格式，以及其中的虛構人物。",
    ),
    "to_gateway": ("Open the gateway", "前往閘道"),
    "to_agency": ("Visit the sandbox agency", "前往沙盒機構"),
    "idNo": ("Identity card number", "身份證號碼"),
    "enName": ("Name in English", "英文姓名"),
    "chName": ("Name in Chinese", "中文姓名"),
    "gender": ("Sex", "性別"),
    "birthDate": ("Date of birth", "出生日期"),
}


def language(asked: str, accepted: str) -> str:
    """en or zh-Hant: what the caller asked for, or else the first language that the browser names."""
    wanted = (asked or accepted.split(",", maxsplit=1)[0]).lower()
    return "zh-Hant" if wanted.startswith("zh") else "en"


def words(code: str) -> dict[str, str]:
    """All words in one language."""
    return {name: pair[1 if code == "zh-Hant" else 0] for name, pair in WORDS.items()}
