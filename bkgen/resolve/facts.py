"""The names by which bodies and queries ask for values that are no column."""

from __future__ import annotations

from bkgen.model.shapes import Fact
from bkgen.model.types import Kind, Type
from bkgen.resolve.names import fold

MOST_TOKEN = 4096
MOST_EMAIL = 254
MOST_CODE = 64
MOST_PASSWORD = 1024
"""Characters of a password that are hashed: more would cost time and protect nobody."""

_NAMES: dict[Fact, str] = {
    Fact.ACCESS_TOKEN: "token accesstoken jwt authtoken bearertoken idtoken",
    Fact.REFRESH_TOKEN: "refreshtoken refresh",
    Fact.TOKEN_TYPE: "tokentype",
    Fact.EXPIRES_IN: "expiresin expires tokenexpiresin",
    Fact.SCOPE: "scope",
    Fact.TOTAL: "total count totalcount totalitems totalresults totalelements",
    Fact.LIMIT: "limit perpage pagesize size itemsperpage",
    Fact.OFFSET: "offset skip start",
    Fact.PAGE: "page pagenumber currentpage pageno",
    Fact.PAGES: "pages totalpages pagecount lastpage",
    Fact.NEXT: "next nextcursor nextpagecursor endcursor cursor",
    Fact.HEALTH: "status health state",
    Fact.PUBLIC_KEYS: "keys",
    Fact.PASSWORD: "password passwd pass passphrase",
    Fact.CURRENT_PASSWORD: "currentpassword oldpassword password existingpassword",
    Fact.NEW_PASSWORD: "newpassword",
    Fact.API_KEY: "key apikey secret secretkey token",
    Fact.EMAIL: "email emailaddress mail newemail newemailaddress",
    Fact.CODE: "code otp totp otpcode totpcode onetimecode mfacode twofactorcode secondfactorcode authcode",
    Fact.SECOND_FACTOR_SECRET: "secret key totpsecret otpsecret sharedsecret",
    Fact.OTPAUTH_URI: "uri url otpauthuri otpauthurl otpauth provisioninguri",
    Fact.RECOVERY_CODES: "recoverycodes backupcodes codes",
    Fact.MAILED_TOKEN: "token code verificationtoken verificationcode resettoken resetcode resetpasswordtoken",
}
TYPES: dict[Fact, Type] = {
    Fact.ACCESS_TOKEN: Type(Kind.STRING),
    Fact.REFRESH_TOKEN: Type(Kind.STRING, min_length=1, max_length=MOST_TOKEN),
    Fact.TOKEN_TYPE: Type(Kind.STRING),
    Fact.EXPIRES_IN: Type(Kind.INTEGER, minimum=0),
    Fact.SCOPE: Type(Kind.STRING),
    Fact.TOTAL: Type(Kind.INTEGER, minimum=0),
    Fact.LIMIT: Type(Kind.INTEGER, minimum=1, maximum=100),
    Fact.OFFSET: Type(Kind.INTEGER, minimum=0, maximum=2**31 - 1),
    Fact.PAGE: Type(Kind.INTEGER, minimum=1, maximum=2**24),
    Fact.PAGES: Type(Kind.INTEGER, minimum=0),
    Fact.CURSOR: Type(Kind.STRING, max_length=6144),
    Fact.NEXT: Type(Kind.STRING),
    Fact.HEALTH: Type(Kind.STRING),
    Fact.PUBLIC_KEYS: Type(Kind.JSON),
    Fact.PASSWORD: Type(Kind.STRING, min_length=1, max_length=MOST_PASSWORD),
    Fact.CURRENT_PASSWORD: Type(Kind.STRING, min_length=1, max_length=MOST_PASSWORD),
    Fact.NEW_PASSWORD: Type(Kind.STRING, min_length=1, max_length=MOST_PASSWORD),
    Fact.API_KEY: Type(Kind.STRING),
    Fact.CODE: Type(Kind.STRING, min_length=1, max_length=MOST_CODE),
    Fact.SECOND_FACTOR_SECRET: Type(Kind.STRING),
    Fact.OTPAUTH_URI: Type(Kind.STRING),
    Fact.RECOVERY_CODES: Type(Kind.STRING),
    Fact.EMAIL: Type(Kind.EMAIL, max_length=MOST_EMAIL),
    Fact.MAILED_TOKEN: Type(Kind.STRING, min_length=1, max_length=MOST_TOKEN),
}


def fact_called(name: str, among: tuple[Fact, ...]) -> Fact | None:
    """The fact of `among` that a field or parameter called `name` asks for."""
    return next((fact for fact in among if fold(name) in _NAMES[fact].split()), None)
