"""The words by which candidates are judged: names that hold no secret, weak passwords, kinds of paths."""

from __future__ import annotations

import re

#: Tests, examples and documentation samples: what stands there is rarely in use.
TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|specs?|e2e|fixtures?|testdata|test[-_]data|mocks?|__mocks__|stubs?|"
    r"examples?|samples?|demos?|cassettes?|snapshots?|__snapshots__|features)(?:/|$)|"
    r"(?:^|/)(?:test_[^/]*|conftest\.py|[^/]*[._-](?:tests?|specs?|mock|fixtures?)\.[a-z]+|"
    r"[^/]*\.(?:example|sample|dist|template|tmpl|tpl|default)|[^/]*[._-](?:example|sample|template)\.[a-z]+)$"
)
#: Not every pair of letters: ci.yml, db.json and qa.yml hold no translations.
_LANGUAGES = (
    "af|ar|az|be|bg|bn|ca|cs|cy|da|de|el|en|es|et|eu|fa|fi|fr|ga|gl|gu|he|hi|hr|hu|hy|id|is|it|ja|ka|kk|km|kn|ko|lt|lv|"
    "mk|ml|mn|mr|nb|ne|nl|nn|no|pl|pt|ro|ru|si|sk|sq|sr|sv|sw|ta|te|th|tr|uk|ur|uz|vi|zh"
)
#: Texts of the screen in many languages.
LOCALE_PATH = re.compile(
    r"(?:^|/)(?:locales?|i18n|l10n|langs?|languages?|translations?|nls|values-[a-z]{2})(?:/|$)|"
    r"\.(?:po|pot|xliff|xlf|resx|strings|arb)$|(?:^|/)(?:strings\.xml|messages[_.-][a-z]{2}[^/]*)$|"
    rf"(?:^|/)(?:{_LANGUAGES})(?:[-_][a-z]{{2}})?\.(?:json|ya?ml|properties)$"
)
_CODE_FILES = """
.py .pyi .js .jsx .mjs .cjs .ts .tsx .java .kt .kts .scala .go .rs .c .h .cc .cpp .hpp .cs .swift .rb .php .pl
.pm .lua .dart .ex .exs .erl .hs .clj .groovy .vue .svelte .m .mm .r .jl .css .scss .less .html .htm .proto
.graphql .sql .ipynb .map
"""
#: Programs: a value without quotes is a name there.
CODE_FILES = tuple(_CODE_FILES.split())

#: Endings of a name that say that its value is about a secret, and none.
NAME_ENDS = re.compile(
    r"(?:field|label|hint|placeholder|name|url|uri|path|file|filename|dir|regex|pattern|length|len|(?<!ad)min|max|policy|input|"
    r"type|error|errors|message|msg|text|title|description|desc|help|icon|class|prompt|encoder|manager|service|provider|"
    r"header|param|parameter|prefix|suffix|expiry|expires|expires_?in|expiration|ttl|count|limit|endpoint|host|column|"
    r"attribute|attr|env|var|required|strength|validator|validation|generator|store|storage|format|algorithm|alg|scheme|"
    r"status|state|mode|action|event|version|ref|method|locale|selector|component|template|rule|rules|schema|model|"
    r"view|page|link|button|form|id|ids|_at|date|time|_hash_?algo|public_?key|primary_?key|foreign_?key|"
    r"tokeni[sz]er|keyboard|_kind|_location|_source|_address|_arn|_store)$"
)

_COMMON = """
123456 1234567 12345678 123456789 1234567890 12345 1234 111111 000000 654321 123123 123321 666666 121212
password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword pa$$word pass123 pass1234
passwd passwort qwerty qwerty123 qwertz abc123 abcd1234 abcdef abc12345 letmein welcome welcome1 admin admin1
admin123 admin1234 administrator root root123 toor test test1 test12 test123 test1234 testing testtest tester
testpass testpassword testpwd secret secret1 secret123 changeme changeit default guest user user123 demo
demo123 foo foobar foo123 bar baz hello hello123 iloveyou dragon monkey master sunshine princess football
baseball postgres mysql mariadb mongo mongodb redis rabbitmq oracle sa django rails laravel docker vagrant
tiger minio minioadmin elastic kibana grafana jenkins sonar keycloak guestguest supersecret topsecret notsecret
mypassword mypass mysecret pass pwd 1q2w3e4r qazwsx asdfgh zxcvbn hunter2 swordfish
"""
#: Passwords that protect nothing, wherever they stand.
COMMON_PASSWORDS = frozenset(_COMMON.split())
