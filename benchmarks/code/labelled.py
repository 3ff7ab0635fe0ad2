"""A labelled set made on the spot: lines with a secret and lines without, in the files where they usually stand."""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

_ALL = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Labelled:
    """One line of one file, and what it is: the kind of secret, "" for none."""

    file: str
    line: int
    kind: str


def write(root: Path, seed: int = 1, each: int = 12) -> tuple[Labelled, ...]:
    """Write the set below `root` and return its labels; the same seed gives the same bytes."""
    made = random.Random(seed)
    files: dict[str, list[str]] = {}
    labels: list[Labelled] = []

    def put(file: str, text: str, kind: str) -> None:
        lines = files.setdefault(file, ["", "settings of the service", ""])
        lines.append(text)
        labels.append(Labelled(file, len(lines), kind))

    for _turn in range(each):
        for file, text, kind in (*_secrets(made), *_harmless(made)):
            put(file, text, kind)
    for file, lines in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    return tuple(labels)


def _random(made: random.Random, length: int, letters: str = _ALL) -> str:
    return "".join(made.choices(letters, k=length))


def _password(made: random.Random) -> str:
    word = made.choice(("Rivier", "Donder", "Kelder", "Zomer", "Winter", "Vogel"))
    return f"{word}{made.choice('!#%+*')}{made.randrange(100, 9999)}{made.choice(string.ascii_lowercase)}"


def _jwt(made: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    body = json.dumps({"sub": _random(made, 8), "exp": 4_000_000_000}).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{_random(made, 43)}"


def _secrets(made: random.Random) -> tuple[tuple[str, str, str], ...]:
    hexa = "0123456789abcdef"
    capital = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
    basic = base64.b64encode(f"svc:{_password(made)}".encode()).decode()
    return (
        ("src/github.py", f"token = '{'gh' + 'p_'}{_random(made, 36)}'", "provider token"),
        ("deploy/stripe.env", f"STRIPE={'sk_' + 'live_'}{_random(made, 24)}", "provider token"),
        ("deploy/slack.yaml", f"slack: {'xox' + 'b-'}{made.randrange(10**11, 10**12)}-{made.randrange(10**11, 10**12)}-"
         f"{_random(made, 24)}", "provider token"),
        ("app/google.json", f'"client_secret": "{"GOCS" + "PX-"}{_random(made, 28)}"', "provider token"),
        ("app/apollo.env", f"APOLLO_API_KEY={_random(made, 22)}", "Apollo key"),
        ("app/apollo.py", f"apollo_refresh_token = '{_random(made, 43)}'", "Apollo token"),
        ("src/client.js", f"headers: {{ 'x-api-key': '{_random(made, 22)}' }}", "auth header"),
        ("logs/app.log", f"GET /v1/me Authorization: Bearer {_jwt(made)}", "JWT"),
        ("src/call.sh", f'curl -H "Authorization: Basic {basic}" https://intranet', "auth header"),
        ("logs/access.log", f"GET /export?access_token={_random(made, 32)} 200", "secret in address"),
        ("deploy/database.env", f"DATABASE_URL=postgres://crm:{_password(made)}@db.internal/crm", "URL credentials"),
        ("conf/broker.ini", f"broker = amqp://crm:{_random(made, 14)}@mq.internal/", "URL credentials"),
        ("conf/legacy.config", f"Server=sql1;User Id=crm;Password={_password(made)};", "connection string"),
        ("src/settings.py", f'DATABASE_PASSWORD = "{_password(made)}"', "password"),
        ("conf/app.yml", f"  smtp_password: {_password(made)}", "password"),
        ("deploy/app.env", f"ADMIN_PASSWORD={_random(made, 12)}", "password"),
        ("src/Mail.java", f'mail.setPassword("{_password(made)}");', "password"),
        ("conf/settings.xml", f"<password>{_password(made)}</password>", "password"),
        ("src/keys.ts", f"const apiKey = '{_random(made, 32)}'", "generic key"),
        ("conf/service.json", f'"api_secret": "{_random(made, 40)}",', "generic key"),
        ("deploy/worker.env", f"SESSION_SECRET={_random(made, 32, hexa)}", "generic key"),
        ("src/crypto.go", f'encryptionKey := "{_random(made, 64, hexa)}"', "generic key"),
        ("src/aws.ini", f"aws_secret_access_key = {_random(made, 40)}", "provider token"),
        ("src/django.py", f"SECRET_KEY = '{_random(made, 50)}'", "generic key"),
        ("src/typed.ts", f'const clientSecret: string = "{_random(made, 40)}"', "generic key"),
        ("src/typed.rs", f'let password: &str = "{_password(made)}";', "password"),
        ("src/bytes.py", f'signing_key = bytes.fromhex("{_random(made, 64, hexa)}")', "generic key"),
        ("src/token.py", f'"grant_type": "refresh_token", "refresh_token": "{_random(made, 43)}"', "generic key"),
        ("src/open.py", f'requests.get(url, auth=("admin", "{_password(made)}"))', "password"),
        ("src/sql/users.sql", f"CREATE USER app IDENTIFIED BY '{_password(made)}';", "password"),
        ("src/open.ps1", f'ConvertTo-SecureString "{_password(made)}" -AsPlainText -Force', "password"),
        ("conf/Info.plist", f"<key>ApiSecret</key><string>{_random(made, 32)}</string>", "generic key"),
        ("conf/redis.conf", f"requirepass {_password(made)}", "password"),
        ("conf/.pgpass", f"db.internal:5432:crm:crm:{_password(made)}", "password"),
        ("conf/.htpasswd", f"bob:$apr1${_random(made, 8)}${_random(made, 22)}", "password"),
        ("deploy/Dockerfile", f"ENV ADMIN_PASSWORD {_password(made)}", "password"),
        ("logs/debug.log", f"DEBUG password={_password(made)} for user bob", "password"),
        ("logs/one.har", f'{{"name": "x-api-key", "value": "{_random(made, 22)}"}}', "auth header"),
        ("logs/two.har", f'{{"name":"Authorization","value":"Bearer {_random(made, 43)}"}}', "auth header"),
        ("src/curl.sh", f"curl -u admin:{_password(made)} https://intranet/v1", "password"),
        ("src/go.go", f'dsn := "root:{_random(made, 14)}@tcp(db:3306)/app"', "password"),
        ("src/Db.java", f'DriverManager.getConnection("jdbc:x://db/x", "root", "{_password(made)}");', "password"),
        ("src/call.swift", f'request.setValue("Bearer {_random(made, 43)}", forHTTPHeaderField: field)', "auth header"),
        ("src/sign.js", f'jwt.sign(payload, "{_random(made, 32)}")', "generic key"),
        ("src/push.sh", f"docker login -u bob -p {_password(made)} registry.internal", "password"),
        ("src/pipe.sh", f'echo "{_password(made)}" | docker login --password-stdin', "password"),
        ("docs/run.md", f"The admin password is `{_password(made)}`", "password"),
        ("docs/keys.md", f"API key: {_random(made, 32)}", "generic key"),
        ("conf/wp.php", f"define( 'AUTH_KEY', '{_random(made, 64)}' );", "generic key"),
        ("deploy/ci.yml", f'  variables: {{ DEPLOY_PASSWORD: "{_password(made)}" }}', "password"),
        ("src/aws.py", f"connect('{'AK' + 'IA'}{_random(made, 16, capital)}')", "provider token"),
        ("src/hubspot.py", f"('{'pat-' + 'na1'}-{UUID(int=made.getrandbits(128), version=4)}')", "provider token"),
        ("src/hook.py", f"post('https://hooks.{'slack'}.com/services/T{_random(made, 8, capital)}/"
         f"B{_random(made, 8, capital)}/{_random(made, 24)}')", "provider token"),
    )  # fmt: skip


def _harmless(made: random.Random) -> tuple[tuple[str, str, str], ...]:
    digest = _random(made, 40, "0123456789abcdef")
    return (
        ("src/settings.py", "PASSWORD = os.environ['DATABASE_PASSWORD']", ""),
        ("src/form.ts", "password: 'Password is required',", ""),
        ("src/form.ts", "const passwordField = 'password_confirmation'", ""),
        ("i18n/nl.json", '"LABEL_PASSWORD": "Wachtwoord vergeten?",', ""),
        ("src/config.js", "const token = process.env.API_TOKEN", ""),
        ("conf/app.yml", "  password: ${SMTP_PASSWORD}", ""),
        ("deploy/values.yml", "apiKey: {{ .Values.apiKey }}", ""),
        ("docs/setup.md", "API_KEY=your-api-key-here", ""),
        ("docs/setup.md", "postgres://user:password@localhost:5432/app", ""),
        ("package-lock.txt", f'"resolved": "{digest}"', ""),
        ("src/ids.py", f'commit = "{digest}"', ""),
        ("src/ids.py", f'ORDER_ID = "{UUID(int=made.getrandbits(128), version=4)}"', ""),
        ("src/oauth.py", "token_url = 'https://app.apollo.io/api/v1/oauth/token'", ""),
        ("src/oauth.py", "grant_type = 'authorization_code'", ""),
        ("src/cache.py", "cache_key = 'contacts:by-owner:page'", ""),
        ("src/table.sql", "primary_key = 'contact_identifier_of_owner'", ""),
        ("src/view.tsx", "<input type='password' name='password' autoComplete='new-password' />", ""),
        ("src/Client.java", "client.setToken(tokens.current().value());", ""),
        ("src/errors.py", 'SECRET_MISSING = "The secret could not be read"', ""),
        ("conf/public.pem", "-----BEGIN PUBLIC KEY-----", ""),
        ("conf/auth.ini", "password_min_length = 12", ""),
        ("logs/access.log", "GET /callback?code=abc&state=xyz 302", ""),
        ("src/types.ts", "accessToken: string; refreshToken: string", ""),
        ("src/ids.py", f'request_key = "{UUID(int=made.getrandbits(128), version=4)}"', ""),
        ("src/captcha.js", f'const CAPTCHA_SITE_KEY = "6L{_random(made, 38)}"', ""),
        ("docs/jwt.md", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwi"
         "aWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", ""),
        ("src/model.swift", "let password: String = field.text", ""),
        ("src/new.py", "test_password = None", ""),
        ("src/text.md", "Enter the password for your account and the API key of the application", ""),
        ("src/open.sh", "tool --password --file in.pdf", ""),
        ("conf/site.yml", "public_key: 6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", ""),
    )  # fmt: skip
