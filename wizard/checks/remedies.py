"""What to change in a server's configuration: one minimal snippet for each remedy and family of servers."""

from __future__ import annotations

from functools import lru_cache

#: Settings that a framework has for a header of its own.
_SETTINGS = {
    ("django", "Strict-Transport-Security"): "SECURE_HSTS_SECONDS = 31536000",
    ("django", "X-Content-Type-Options"): "SECURE_CONTENT_TYPE_NOSNIFF = True",
    ("django", "Referrer-Policy"): 'SECURE_REFERRER_POLICY = "{value}"',
    (
        "rails",
        "Strict-Transport-Security",
    ): "config.force_ssl = true\nconfig.ssl_options = {{ hsts: {{ expires: 1.year }} }}",
}
_SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)
#: Words of a Server, Via or X-Powered-By field, and the family they give away; the first that fits decides.
_FAMILIES = (
    ("cloudflare", "cloudflare"),
    ("nginx", "nginx"),
    ("openresty", "nginx"),
    ("apache", "apache"),
    ("caddy", "caddy"),
    ("microsoft-iis", "iis"),
    ("microsoft-httpapi", "iis"),
    ("express", "express"),
    ("gunicorn", "django"),
    ("wsgiserver", "django"),
    ("uvicorn", "django"),
    ("phusion passenger", "rails"),
    ("puma", "rails"),
)


@lru_cache(maxsize=256)  # every check of a host asks for it
def family(headers: tuple[tuple[str, str], ...]) -> str:
    """The family of a server by its own hints; "" when it gives none."""
    pairs = [(name.lower(), value.lower()) for name, value in headers]
    hints = " ".join(value for name, value in pairs if name in ("server", "x-powered-by", "via"))
    if known := next((found for word, found in _FAMILIES if word in hints), ""):
        return known
    if any(name == "set-cookie" and value.startswith("csrftoken=") for name, value in pairs):
        return "django"
    return "rails" if any(name == "x-runtime" for name, _value in pairs) else ""


def header(server: str, name: str, value: str) -> str:
    """The line that adds a response header to every answer, error answers included."""
    if (server, name) in _SETTINGS:
        return _SETTINGS[server, name].format(value=value)
    match server:
        case "apache":
            return f'Header always set {name} "{_escaped(value)}"'
        case "caddy":
            return f'header {name} "{_escaped(value)}"'
        case "iis":
            shown = value.replace("&", "&amp;").replace('"', "&quot;")
            return (
                "<system.webServer><httpProtocol><customHeaders>\n"
                f'  <add name="{name}" value="{shown}" />\n'
                "</customHeaders></httpProtocol></system.webServer>"
            )
        case "cloudflare":
            return f"Rules → Transform Rules → Modify Response Header → Set static: {name} = {value}"
        case "express":
            return f'app.use((req, res, next) => {{ res.setHeader("{name}", "{_escaped(value)}"); next(); }});'
        case "django":
            return (
                "class AddHeader:  # in MIDDLEWARE, first\n"
                "    def __init__(self, get_response): self.get_response = get_response\n"
                "    def __call__(self, request):\n"
                "        response = self.get_response(request)\n"
                f'        response["{name}"] = "{_escaped(value)}"\n'
                "        return response"
            )
        case "rails":
            return f'config.action_dispatch.default_headers["{name}"] = "{_escaped(value)}"'
        case _:
            return f'add_header {name} "{_escaped(value)}" always;'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def tls_versions(server: str) -> str:
    """The line that leaves only TLS 1.2 and 1.3."""
    match server:
        case "apache":
            return "SSLProtocol -all +TLSv1.2 +TLSv1.3"
        case "caddy":
            return "tls {\n    protocols tls1.2 tls1.3\n}"
        case "iis":
            return (
                "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols:\n"
                "under “SSL 3.0”, “TLS 1.0” and “TLS 1.1” → Server: Enabled = 0; then restart"
            )
        case "cloudflare":
            return "SSL/TLS → Edge Certificates → Minimum TLS Version: TLS 1.2"
        case "express":
            return 'https.createServer({ minVersion: "TLSv1.2", key, cert }, app)'
        case "django":
            return (
                "import ssl  # in gunicorn.conf.py\n"
                "def ssl_context(config, default_ssl_context_factory):\n"
                "    context = default_ssl_context_factory()\n"
                "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n"
                "    return context"
            )
        case "rails":
            return "# config/puma.rb, in the options of ssl_bind\nno_tlsv1_1: true"
        case _:
            return "ssl_protocols TLSv1.2 TLSv1.3;"


def strong_suites(server: str) -> str:
    """The lines that leave only suites with forward secrecy and authenticated encryption (RFC 9325 4.2)."""
    match server:
        case "apache":
            return f"SSLCipherSuite {_SUITES}\nSSLHonorCipherOrder off"
        case "caddy":
            return "# remove the line “tls { ciphers … }”: Caddy's own choice is right"
        case "iis":
            return "Disable-TlsCipherSuite NAME  # for each suite named above, in PowerShell as administrator"
        case "cloudflare":
            return "SSL/TLS → Edge Certificates → Cipher suites: Modern"
        case "express":
            return f'https.createServer({{ ciphers: "{_SUITES}", key, cert }}, app)'
        case "django":
            return f'# gunicorn.conf.py\nciphers = "{_SUITES}"'
        case "rails":
            return f'# config/puma.rb, in the options of ssl_bind\nssl_cipher_filter: "{_SUITES}"'
        case _:
            return f"ssl_ciphers {_SUITES};\nssl_prefer_server_ciphers off;"


def to_https(server: str, host: str) -> str:
    """The lines that send plain HTTP to HTTPS on the same host."""
    match server:
        case "apache":
            return (
                f"<VirtualHost *:80>\n    ServerName {host}\n    Redirect permanent / https://{host}/\n</VirtualHost>"
            )
        case "caddy":
            return f"# a site address without http:// redirects by itself:\n{host} {{ … }}"
        case "iis":
            return (
                "<system.webServer><rewrite><rules>\n"
                '<rule name="HTTPS" stopProcessing="true"><match url="(.*)" />\n'
                '  <conditions><add input="{HTTPS}" pattern="^OFF$" /></conditions>\n'
                '  <action type="Redirect" url="https://{HTTP_HOST}/{R:1}" redirectType="Permanent" /></rule>\n'
                "</rules></rewrite></system.webServer>  <!-- needs the module URL Rewrite -->"
            )
        case "cloudflare":
            return "SSL/TLS → Edge Certificates → Always Use HTTPS: on"
        case "express":
            return (
                "app.use((req, res, next) => req.secure ? next() "
                ': res.redirect(301, "https://" + req.hostname + req.url));'
            )
        case "django":
            return "SECURE_SSL_REDIRECT = True"
        case "rails":
            return "config.force_ssl = true"
        case _:
            return f"server {{\n    listen 80;\n    server_name {host};\n    return 301 https://$host$request_uri;\n}}"


def cookies(server: str) -> str:
    """The lines that give cookies their attributes."""
    match server:
        case "apache":
            # answers of CGI programs stand in one table of headers, all others in the other one
            edit = 'edit Set-Cookie "^(.*)$" "$1; Secure; HttpOnly; SameSite=Lax"'
            return f"Header {edit}\nHeader always {edit}"
        case "express":
            return 'res.cookie(name, value, { secure: true, httpOnly: true, sameSite: "lax" });'
        case "django":
            return (
                "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True\nSESSION_COOKIE_HTTPONLY = True\n"
                'SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"'
            )
        case "rails":
            return "Rails.application.config.session_store :cookie_store, secure: true, httponly: true, same_site: :lax"
        case "iis":
            return '<system.web><httpCookies requireSSL="true" httpOnlyCookies="true" sameSite="Lax" /></system.web>'
        case "caddy":
            return 'header >Set-Cookie ^(.*)$ "$1; Secure; HttpOnly; SameSite=Lax"'
        case "cloudflare":
            return (
                "Set-Cookie: name=value; Secure; HttpOnly; SameSite=Lax\n"
                "(in your app: Cloudflare passes its cookies on as they are)"
            )
        case _:
            return "proxy_cookie_flags ~ secure httponly samesite=lax;"
