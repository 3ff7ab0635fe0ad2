"""Small repositories that talk to Apollo in many ways, each with the verdict that a careful reader gives it."""

from __future__ import annotations

API = "https://api.apollo.io/api/v1"
APP = "https://app.apollo.io"

CASES: dict[str, tuple[str, dict[str, str]]] = {
    "python key in a header": (
        "api_key",
        {"client.py": f'h = {{"X-Api-Key": os.environ["KEY"]}}\nrequests.post("{API}/people/match", headers=h)\n'},
    ),
    "node key in a header": (
        "api_key",
        {"index.js": f"await fetch('{API}/contacts/search', {{ headers: {{ 'x-api-key': process.env.KEY }} }})\n"},
    ),
    "key in the address": (
        "api_key",
        {"old.rb": f'HTTP.get("{API}/auth/health?api_key=#{{key}}")\n'},
    ),
    "key in the body": (
        "api_key",
        {"old.py": f'requests.post("{API}/mixed_people/search", json={{"api_key": key, "page": 1}})\n'},
    ),
    "curl": ("api_key", {"go.sh": f"curl -X POST '{API}/people/match' \\\n  -H \"X-Api-Key: $KEY\"\n"}),
    "header name is a constant elsewhere": (
        "api_key",
        {
            "constants.ts": "export const KEY_HEADER = 'X-Api-Key'\n",
            "client.ts": f"import {{KEY_HEADER}} from './c'\nfetch('{API}/x', {{headers: {{[KEY_HEADER]: key}}}})\n",
        },
    ),
    "host is a constant elsewhere": (
        "api_key",
        {
            "settings.py": f'APOLLO_BASE = "{API}"\n',
            "apollo_client.py": 'session.headers["X-Api-Key"] = key\nsession.get(settings.APOLLO_BASE + "/x")\n',
        },
    ),
    "postman": (
        "api_key",
        {"apollo.postman.json": f'{{"auth": {{"type": "apikey"}}, "url": "{API}/people/match"}}\n'},
    ),
    "key in a header, by a client called like a request": (
        "api_key",
        {"a.js": f"request.get('{API}/contacts', {{ headers: {{ 'x-api-key': key }} }})\n"},
    ),
    "key in a header, its address elsewhere": (
        "api_key",
        {"a.py": f'URL = "{API}/x"\nr = requests\nr.get(URL, headers={{"X-Api-Key": key}})\n'},
    ),
    "a customer's key is passed on": (
        "api_key",
        {"a.js": f"const u = '{API}/x'\nsend(u, {{ headers: {{ 'x-api-key': req.headers['x-api-key'] }} }})\n"},
    ),
    "key as a short property": ("api_key", {"a.js": f"axios.post('{API}/x', {{ api_key, q }})\n"}),
    "key is set on a query": ("api_key", {"a.go": f'u := "{API}/x"\nq.Set("api_key", key)\n'}),
    "key is given to a header of a request": (
        "api_key",
        {"a.rs": f'let u = "{API}/x";\nreq.header("X-Api-Key", key)\n'},
    ),
    "a line that begins with a semicolon is code": (
        "both",
        {"a.js": f"const t = '{APP}/api/v1/oauth/token'\n;fetch('{API}/x', {{headers: {{'x-api-key': k}}}})\n"},
    ),
    "a private field of a class is no comment": (
        "both",
        {"a.js": f"const t = '{APP}/api/v1/oauth/token'\nclass C {{\n  #headers = {{'x-api-key': k}}\n}}\n"},
    ),
    "what looks like the start of a comment in a value is none": (
        "both",
        {
            "a.js": f"const t = '{APP}/api/v1/oauth/token'\n"
            "f({ accept: '*/*', 'x-api-key': k })\ng({ accept: '*/*' })\n",
            "b.jsx": "<input accept='image/*'/>\n{/* fine */}\n",
            "c.sh": f'cp dist/* out\ncurl {API}/x -H "X-Api-Key: $K"\nrm */\n',
        },
    ),
    "a line that begins with two dashes is a comment in SQL only": (
        "both",
        {
            "a.sql": f"-- {API} X-Api-Key\n",
            "a.js": f"t('{APP}/api/v1/oauth/token')\n-- n; f('{API}/x', {{'x-api-key': k}})\n",
        },
    ),
    "key in an annotation that sends or reads": (
        "undetermined",
        {"A.java": f'String U = "{API}/";\nCall<X> find(@Header("X-Api-Key") String key);\n'},
    ),
    "keys of the own service are read": (
        "oauth_only",
        {
            "a.js": f"const t = '{APP}/api/v1/oauth/token'\nconst k = req.headers['x-api-key']\n"
            "const j = request.header('X-Api-Key')\nconst { 'x-api-key': l } = req.headers\n",
            "b.py": f'T = "{APP}/api/v1/oauth/token"\nk = request.headers.get("X-Api-Key")\n'
            'j = request.META["HTTP_X_API_KEY"]\nl = request.args.get("api_key", None)\n',
            "c.go": f'const t = "{APP}/api/v1/oauth/token"\nk := r.Header.Get("X-Api-Key")\n',
        },
    ),
    "openapi": (
        "api_key",
        {
            "openapi.yaml": f"servers:\n  - url: {API}\ncomponents:\n  securitySchemes:\n    k:\n      type: apiKey\n"
            "      in: header\n      name: X-Api-Key\n"
        },
    ),
    "bearer that carries a key": (
        "api_key",
        {"a.py": f'requests.get("{API}/x", headers={{"Authorization": f"Bearer {{APOLLO_API_KEY}}"}})\n'},
    ),
    "go": (
        "api_key",
        {"main.go": f'req, _ := http.NewRequest("POST", "{API}/people/match", b)\nreq.Header.Set("X-API-KEY", key)\n'},
    ),
    "php": (
        "api_key",
        {"a.php": f"<?php\n$c->post('{API}/people/match', ['headers' => ['x-api-key' => $k]]);\n"},
    ),
    "n8n": (
        "api_key",
        {"flow.json": f'{{"url": "{API}/x", "genericAuthType": "httpHeaderAuth", "h": [{{"name": "x-api-key"}}]}}\n'},
    ),
    "environment only": (
        "api_key",
        {".env.example": "APOLLO_API_KEY=\n", "a.py": f'URL = "{API}/people/match"\n'},
    ),
    "python oauth": (
        "oauth_only",
        {
            "oauth.py": f'AUTHORIZE = "{APP}/#/oauth/authorize"\nTOKEN = "{APP}/api/v1/oauth/token"\n'
            'data = {"grant_type": "authorization_code", "code": code, "client_secret": secret}\nstate = make()\n'
            'again = {"grant_type": "refresh_token", "refresh_token": r}\n'
        },
    ),
    "javascript oauth": (
        "oauth_only",
        {
            "oauth.js": f"const url = `{APP}/#/oauth/authorize?client_id=${{id}}&response_type=code&state=${{state}}`\n"
            f"await axios.post('{APP}/api/v1/oauth/token', {{grant_type: 'authorization_code', code}})\n",
            "api.js": f"fetch('{API}/contacts/search', {{headers: {{Authorization: `Bearer ${{accessToken}}`}}}})\n",
        },
    ),
    "base address and paths": (
        "oauth_only",
        {
            "apollo.ts": f"const BASE = '{APP}'\nconst authorize = `${{BASE}}/#/oauth/authorize`\n"
            "const token = `${BASE}/api/v1/oauth/token`\n"
        },
    ),
    "passport": (
        "oauth_only",
        {
            "auth.js": f"passport.use(new OAuth2Strategy({{authorizationURL: '{APP}/#/oauth/authorize', "
            f"tokenURL: '{APP}/api/v1/oauth/token', clientID, clientSecret}}, cb))\n"
        },
    ),
    "go oauth2": (
        "oauth_only",
        {
            "oauth.go": f'var c = &oauth2.Config{{Endpoint: oauth2.Endpoint{{AuthURL: "{APP}/#/oauth/authorize", '
            f'TokenURL: "{APP}/api/v1/oauth/token"}}}}\n'
        },
    ),
    "nango provider": (
        "oauth_only",
        {
            "providers.yaml": f"apollo-oauth:\n  auth_mode: OAUTH2\n  authorization_url: {APP}/#/oauth/authorize\n"
            f"  token_url: {APP}/api/v1/oauth/token\n"
        },
    ),
    "bearer token only": (
        "oauth_only",
        {"a.py": f'requests.get("{API}/users/api_profile", headers={{"Authorization": f"Bearer {{access_token}}"}})\n'},
    ),
    "php league": (
        "oauth_only",
        {
            "a.php": f"<?php $p = new GenericProvider(['urlAuthorize' => '{APP}/#/oauth/authorize', "
            f"'urlAccessToken' => '{APP}/api/v1/oauth/token']);\n"
        },
    ),
    "oauth and a key for AWS": (
        "oauth_only",
        {
            "oauth.py": f'TOKEN = "{APP}/api/v1/oauth/token"\ngrant = "authorization_code"\n',
            "aws.py": 'requests.get("https://abc.execute-api.eu-west-1.amazonaws.com/x", headers={"x-api-key": k})\n',
        },
    ),
    "oauth and a key for AWS in one file": (
        "oauth_only",
        {
            "a.py": f'TOKEN = "{APP}/api/v1/oauth/token"\ngrant = "authorization_code"\n\n\n\n'
            'requests.get("https://abc.execute-api.eu-west-1.amazonaws.com/x",\n  headers={"x-api-key": k})\n'
        },
    ),
    "oauth and own api keys of the partner": (
        "oauth_only",
        {
            "oauth.py": f'TOKEN = "{APP}/api/v1/oauth/token"\ngrant = "authorization_code"\n',
            "server.js": "const key = req.headers['x-api-key']\n",
        },
    ),
    "oauth, key in a comment": (
        "oauth_only",
        {
            "oauth.py": f'# we used X-Api-Key with {API} before\nTOKEN = "{APP}/api/v1/oauth/token"\n'
            'grant = "authorization_code"\n'
        },
    ),
    "oauth, key in a test": (
        "oauth_only",
        {
            "oauth.py": f'TOKEN = "{APP}/api/v1/oauth/token"\ngrant = "authorization_code"\n',
            "tests/test_old.py": f'requests.get("{API}/x", headers={{"X-Api-Key": "k"}})\n',
        },
    ),
    "both": (
        "both",
        {
            "oauth.py": f'TOKEN = "{APP}/api/v1/oauth/token"\ngrant = "authorization_code"\n',
            "legacy.py": f'requests.get("{API}/x", headers={{"X-Api-Key": key}})\n',
        },
    ),
    "fallback to a key": (
        "both",
        {
            "client.ts": f"const headers = token ? {{Authorization: `Bearer ${{token}}`}} : {{'X-Api-Key': apiKey}}\n"
            f"fetch('{API}/x', {{headers}})\n"
        },
    ),
    "both by name": (
        "both",
        {".env.example": "APOLLO_CLIENT_ID=\nAPOLLO_CLIENT_SECRET=\nAPOLLO_API_KEY=\n", "a.py": f'U = "{API}/x"\n'},
    ),
    "password grant": (
        "bad_oauth",
        {
            "a.py": f'requests.post("{APP}/api/v1/oauth/token", data={{"grant_type": "password", "username": u, '
            '"password": p})\n'
        },
    ),
    "implicit grant": (
        "bad_oauth",
        {"a.js": f"location = '{APP}/#/oauth/authorize?client_id=x&response_type=token'\n"},
    ),
    "user's password": (
        "bad_auth",
        {"login.py": f'requests.post("{APP}/api/v1/auth/login", json={{"email": email, "password": password}})\n'},
    ),
    "nothing said": ("undetermined", {"a.py": f'URL = "{API}/people/match"\nrequests.post(URL, json=body)\n'}),
    "a library with a key": (
        "undetermined",
        {"a.py": 'client = Enricher(os.environ["APOLLO_API_KEY"])\n'},
    ),
    "apollo graphql": (
        "no_apollo_io",
        {
            "client.ts": "import { ApolloClient } from '@apollo/client'\n",
            ".env": "APOLLO_KEY=service:mine:abc\nAPOLLO_GRAPH_REF=mine@current\n",
        },
    ),
    "apollo graphql with a key header": (
        "no_apollo_io",
        {"client.ts": "new ApolloClient({uri: 'https://x.appsync.amazonaws.com/g', headers: {'x-api-key': k}})\n"},
    ),
    "ctrip": ("no_apollo_io", {"application.properties": "apollo.meta=http://config:8080\napp.id=1\n"}),
    "baidu": ("no_apollo_io", {"module.cc": '#include "cyber/cyber.h"\nnamespace apollo::planning {}\n'}),
    "link only": ("no_apollo_io", {"page.tsx": f'<a href="{APP}/#/people/123">Open in Apollo</a>\n'}),
    "documentation only": ("no_apollo_io", {"README.md": f"Call `{API}/people/match` with X-Api-Key.\n"}),
    "comment only": ("no_apollo_io", {"a.py": f"# see {API}/people/match\nx = 1\n"}),
    "nothing at all": ("no_apollo_io", {"a.py": "print(1)\n"}),
    "another domain": ("no_apollo_io", {"a.py": 'U = "https://api.apollo.io.evil.example/x"\n'}),
}
