"""Says of each candidate whether it is a secret at all, and how grave: placeholders, words and code are left out."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from wizard.checks.code.engine import Candidate
from wizard.checks.code.leak import Tier
from wizard.checks.code.words import CODE_FILES, COMMON_PASSWORDS, LOCALE_PATH, NAME_ENDS, TEST_PATH

#: Why a tier was lowered; the words for people are in `wording.py`.
TEST = "test-path"
WEAK = "weak-value"
EXPIRED = "expired"
LOCAL = "local-address"
IGNORED = "ignored-file"


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate that counts, with the reason when its tier was lowered."""

    tier: Tier
    because: str = ""


#: Rules of the engine that find something beside a word, and not a provider's own shape.
_GENERAL = frozenset(
    {
        "betterleaks.generic-credential-uri",
        "betterleaks.curl-auth-header",
        "betterleaks.curl-auth-user",
        "betterleaks.kubernetes-secret-yaml",
        "betterleaks.nuget-config-password",
        "betterleaks.hashicorp-tf-password",
        "betterleaks.sidekiq-sensitive-url",
    }
)
#: Names and public halves that rules of the engine report beside secrets: no secret themselves.
_NO_SECRET = re.compile(
    r"(?:(?:client|app|account|tenant|application|access|key|auth|token|api|service-account|planetscale)-id|pub-key|"
    r"public-key|pub-api-key|public-api-token|browser-api-token|domain|(?:jfrog|instance|project|rest)-url|address|username|"
    r"account-name|cloud-name|token-name|(?:account|server)-host|token-repository|posthog-project-api-key)(?:\.\d)?$"
)
_PASSWORDS = frozenset(
    f"attestry.{name}"
    for name in (
        "password-quoted",
        "password-plain",
        "password-in-sentence",
        "password-in-line",
        "password-typed",
        "password-wrapped",
        "password-folded",
        "password-next-line",
        "directive",
        "sql-password",
        "connect-call",
        "go-address",
        "command-secret",
        "piped-password",
        "pgpass",
        "setter",
        "user-and-password",
        "command-password",
        "connection-string",
        "connection-string-reversed",
        "jdbc",
        "oracle",
        "url-password",
        "xml-secret",
        "xml-attribute",
        "netrc",
    )
)
#: Read only where values stand without quotes; in programs such a value is a name.
_PLAIN = frozenset(
    f"attestry.{name}" for name in ("password-plain", "secret-plain", "password-in-line", "key-in-sentence")
)
#: What stands before the password is the name of a user.
_USER_BEFORE = frozenset({"user-and-password", "command-password", "curl-auth-user", "url-password", "connect-call"})
_PGPASS = (".pgpass", "pgpass.conf")
#: What stands before the value in its line, by rule. The rules leave the start of the line to this: the engine would
#: follow every line of every file from its start, which costs it a tenth of its time.
_PLAIN_START = re.compile(
    rb"[ \t]*(?:(?:export|set|env|arg|-)[ \t]+)?[\"']?[A-Za-z0-9_.-]{3,86}[\"']?[ \t]*[=:][ \t]*", re.I
)
_STARTS = {
    "attestry.pgpass": re.compile(rb"[A-Za-z0-9.*_-]{1,100}:(?:[0-9]{1,5}|\*):[^:\r\n]{1,60}:[^:\r\n]{1,60}:"),
    "attestry.password-plain": _PLAIN_START,
    "attestry.secret-plain": _PLAIN_START,
}

_PLACEHOLDER = re.compile(
    r"example|sample|change[-_ ]?(?:me|it|this)|place[-_ ]?holder|your[-_ a-z]|^my[-_](?:secret|pass|token|key|api)|"
    r"x{4,}|\*{3,}|\.{3}|…|•|\u2588{3}|todo|dummy|redacted|insert[-_ ]|"
    r"replace[-_ ]?(?:me|with)|(?:goes|put)[-_ ]here|[-_ ]here$|"
    r"^<.*>$|^\[.*\]$|^(?:none|null|nil|undefined|true|false|yes|no|test|string|password|secret|token)$|fake|mock|"
    r"not[-_ ]a[-_ ]?(?:real|secret)|0{8,}|1234567890|abcdefghij|deadbeef|lorem|foobar|\bfoo\b",
    re.I,
)
_REFERENCE = re.compile(
    r"^\{[\w.]+\}$|\$\{|\{\{|\}\}|%\(|^%[a-z_]+%$|^%[sdv]$|#\{|\$\(|^@@|<%|^\$[A-Za-z_]|process\.env|os\.environ|getenv|ENV\[|"
    r"^(?:vault|secretsmanager|ssm|op|sops|arn|ref|env|file|data|kms|aws|gcp)[:+]|^ENC\[|^\{cipher\}|"
    r"^(?:self|this|config|settings|options|opts|props|params|args|request|req|secrets|env|var|local|module|data)[.\[]|"
    r"\w\(.*\)|^\w+\[.*\]$|=>|^&|^!|\[A-Z|\[a-z|\[0-9|\\[dws]|\(\?"
)
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://|^(?:\.{0,2}/|~/|[A-Za-z]:\\)|^[\w.-]+/[\w./-]+\.[a-z]{2,5}$|^//", re.I)
_WORDS = re.compile(r"^[A-Za-z]+(?:[ _.:/-]+[A-Za-z]+)*[.!?:]?$")
_DOTTED = re.compile(r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")
_FILE = re.compile(
    r"^[\w.-]+\.(?:py|js|ts|rb|go|java|json|ya?ml|pem|crt|key|txt|html?|css|png|svg|md|xml|sh|php)$", re.I
)
_MAIL = re.compile(r"^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d|^\d+(?:\.\d+){1,3}$")
_LOCAL = re.compile(
    r"@(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w.-]*example\.(?:com|org|net))", re.I
)
_NAME = re.compile(
    rb"([A-Za-z0-9_.$-]{1,80})[\"'`\]\\)]{0,5}[ \t]{0,8}(?:=>|:=|={1,3}|:|,)[ \t]*[bfru]{0,2}\\{0,2}[\"'`]?\Z"
)
#: The name of a kind of thing, such as AWS::IAM::AccessKey: what it is given is no secret.
_KIND = re.compile(rb"::[A-Za-z0-9]{1,60}[\"']?[ \t]*:[ \t]*[\"']\Z")
#: Two quoted words in a row are a list; in a call the second one is handed over under the name of the first.
_LIST = re.compile(rb"[\"'`]{0,3}[ \t]*,[ \t]*[\"'`]\Z")
_CALL = re.compile(rb"\([ \t]*[\"'`]?[A-Za-z0-9_.-]*[\"'`]?[ \t]*,[ \t]*[\"'`]\Z")
#: A salt beside a digest is published with it, as in an attestation of ours: it lets others compute the digest again.
_DIGEST = re.compile(rb"[\"'](?:digest|hash|commitment|sha-?\d{3})[\"'][ \t]*:", re.I)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_RUN = re.compile(r"^(.)\1+$")


def judge_value(candidate: Candidate, before: bytes, after: bytes, now: datetime) -> Judged | None:
    """What a candidate is by itself, with up to 200 bytes of its own line on either side; None for no secret."""
    rule, secret = candidate.rule, candidate.secret.rstrip("\\")
    if rule.startswith(("betterleaks.", "veles.")) and _NO_SECRET.search(rule):
        return None
    if rule in _STARTS and not (candidate.encoded or _STARTS[rule].fullmatch(before)):
        return None
    if "jwt" in rule or secret.startswith("eyJ"):
        return _token(secret, now) or (None if "jwt" in rule else _general(candidate, secret, before, after))
    if "private-key" in rule:
        return _private_key(secret)
    if rule in _GENERAL or (rule.startswith("attestry.") and not candidate.sure):
        return _general(candidate, secret, before, after)
    if _PLACEHOLDER.search(secret) or len(set(secret)) < min(8, len(secret) // 2):
        return None
    return Judged(Tier.A if candidate.sure else Tier.B)


def judge_path(rule: str, judged: Judged, path: str) -> Judged | None:
    """The same once its path is known: tests and examples lower the tier, translations and programs rule it out."""
    lower = path.replace("\\", "/").lower()
    general = judged.tier is not Tier.A
    if rule == "attestry.pgpass" and not lower.endswith(_PGPASS):
        return None
    if general and rule in _PLAIN and lower.endswith(CODE_FILES):
        return None
    if general and rule in _PASSWORDS and LOCALE_PATH.search(lower):
        return None
    if TEST_PATH.search(lower):
        # a key pair or a token for tests is usual; a provider's token is one wherever it stands
        sample = "private-key" in rule or "jwt" in rule
        return Judged(Tier.B if judged.tier is Tier.A and not sample else Tier.C, judged.because or TEST)
    return judged


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


def _general(candidate: Candidate, secret: str, before: bytes, after: bytes) -> Judged | None:
    rule = candidate.rule.partition(".")[2]
    if rule == "password-hash":
        return None if _PLACEHOLDER.search(secret) else Judged(Tier.B)
    if not secret.strip() or _REFERENCE.search(secret) or _URL.search(secret) or _DATE.search(secret):
        return None
    if _MAIL.match(secret) or _FILE.match(secret) or _DOTTED.match(secret):
        return None
    name = _NAME.search(before)
    called = name[1].decode("ascii", "replace").lower() if name else ""
    if (rule not in _USER_BEFORE and NAME_ENDS.search(called)) or _KIND.search(before):
        return None
    if called == "salt" and (_DIGEST.search(before) or _DIGEST.search(after)):
        return None
    if rule in ("password-quoted", "secret-quoted") and _LIST.search(before) and not _CALL.search(before):
        return None
    match rule:
        case "docker-auth":
            return _basic(secret)
        case "authorization-header" | "curl-auth-header" if b"asic" in before[-24:]:
            return _basic(secret)
        case "url-password" | "generic-credential-uri":
            return _in_address(secret, after)
    if candidate.rule in _PASSWORDS or rule in ("curl-auth-user", "nuget-config-password", "hashicorp-tf-password"):
        return _password(secret.partition(":")[2] if rule == "curl-auth-user" else secret, rule)
    return _random(secret, rule, called)


def _password(secret: str, rule: str) -> Judged | None:
    if secret.lower() in COMMON_PASSWORDS or _RUN.match(secret) or secret.isdigit():
        return Judged(Tier.C, WEAK)
    if _PLACEHOLDER.search(secret) or len(secret) < 5 or secret.startswith("--"):
        return None
    if not secret.isascii() or " " in secret.strip():
        return None  # a sentence of the screen
    if rule in ("password-plain", "password-in-sentence", "password-in-line") and secret.endswith(
        (",", ";", "{", "(", ")", "|", ":")
    ):
        return None
    if _WORDS.match(secret):
        if re.search(
            r"pass|pwd|secret|token|user|field|input|hidden|require|invalid|confirm|forgot|reset", secret, re.I
        ):
            return None
        return Judged(Tier.C, WEAK) if len(secret) < 12 or secret.lower() == secret else Judged(Tier.B)
    return Judged(Tier.B)


def _random(secret: str, rule: str, called: str) -> Judged | None:
    if _PLACEHOLDER.search(secret) or (_WORDS.match(secret) and (entropy(secret) < 3.6 or len(secret) < 20)):
        return None
    digits = sum(c.isdigit() for c in secret)
    if digits == 0 and (
        len(secret) < 20 or re.search(r"[a-z][-_][a-z]|^_?(?:[A-Z]?[a-z]{2,}){2,}$|^[A-Z]+(?:_[A-Z]+)+$", secret)
    ):
        return None
    if secret.isdigit() or digits == len(re.sub(r"[^0-9A-Za-z]", "", secret)):
        return None
    least = 2.6 if len(secret) < 12 else 2.9 if len(secret) < 20 else 3.2
    if set(secret.lower()) <= set("0123456789abcdef-"):
        least = min(least, 2.8)
    if rule == "key-random":
        if re.search(
            r"public|primary|foreign|cache|partition|sort|row|idempot|dedup|i18n|object|group|index|publish|site",
            called,
        ):
            return None
        least = max(least, 3.6)
        if _UUID.fullmatch(secret):
            return None
        if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", secret) and not re.search(r"secret|aes|crypt|sign|hmac", called):
            return None  # a digest
    if entropy(secret) < least:
        return None
    if rule in ("url-parameter", "url-parameter-encoded", "secret-in-line", "cookie-header") and (
        digits < 2 or re.search(r"^[a-z]+(?:[-_.][a-z0-9]+)+$", secret)
    ):
        return None
    return Judged(Tier.B)


def _in_address(secret: str, after: bytes) -> Judged | None:
    password = secret
    if "://" in secret:  # the engine's rule keeps the whole address
        password = secret.partition("://")[2].rpartition("@")[0].partition(":")[2]
    if not password or _REFERENCE.search(password) or _PLACEHOLDER.search(password):
        return None
    if password.lower() in COMMON_PASSWORDS or password.lower() in ("pass", "pwd", "user", "username"):
        return Judged(Tier.C, WEAK)
    if _LOCAL.search(f"@{secret.rpartition('@')[2]}" if "@" in secret else after[:60].decode("ascii", "replace")):
        return Judged(Tier.C, LOCAL)
    return Judged(Tier.B)


def _basic(secret: str) -> Judged | None:
    """Base64 of user and password (RFC 7617)."""
    try:
        user, colon, password = base64.b64decode(secret + "=" * (-len(secret) % 4)).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return _password(password, "user-and-password") if colon and user else None


def _token(secret: str, now: datetime) -> Judged | None:
    """A JSON web token (RFC 7519): one that has expired is listed only."""
    try:
        part = secret.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return None
    if not isinstance(claims, dict):
        return Judged(Tier.A)
    if claims.get("name") == "John Doe" or claims.get("role") == "anon":
        return None  # the token of every introduction; and a key that is made for browsers
    expires = claims.get("exp")
    if isinstance(expires, (int, float)) and not isinstance(expires, bool) and expires < now.timestamp():
        return Judged(Tier.C, EXPIRED)
    return Judged(Tier.A)


def _private_key(secret: str) -> Judged | None:
    body = re.sub(r"-----[A-Z ]+-----|\\[nr]|[\s\"'+,]", "", secret)
    if len(body) < 60 or "..." in body or len(set(body)) < 16:
        return None  # the frame of a key, without the key
    return Judged(Tier.A)
