"""Which addresses may be contacted: special ranges only when a person says so, cloud metadata never."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from wizard.checks.base import TroubleKind

#: IANA's special-purpose IPv4 registry (RFC 6890 and its updates), multicast and the reserved block.
_SPECIAL_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
#: Of IPv6 only the unicast space given out so far is public …
_PUBLIC_6 = IPv6Network("2000::/3")
#: … without protocol assignments (Teredo and others), documentation and 6to4.
_SPECIAL_6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

#: Where clouds hand out credentials: AWS, Azure, Google, Oracle, DigitalOcean and OpenStack share the first; then ECS
#: tasks and EKS pods, Azure's wire server, Alibaba, Oracle's old one, Tencent, Scaleway, and their IPv6 forms.
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.169.253",
        "169.254.170.2",
        "169.254.170.23",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "169.254.0.23",
        "169.254.10.10",
        "169.254.42.42",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
        "fd00:a9fe:a9fe::1",
        "fe80::a9fe:a9fe",
    )
)


def is_loopback(host: str) -> bool:
    """True for this computer itself, by name or by address."""
    return ip_address(host).is_loopback if is_address(host) else host == "localhost"


def is_address(text: str) -> bool:
    """True for an IP address, false for a name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def refusal(text: str, *, private_allowed: bool) -> TroubleKind | None:
    """Why an address (as the resolver wrote it) may not be contacted; None when it may.

    `private_allowed`: the scope's row is ticked, the switch is on, or the person typed this very address.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return TroubleKind.REFUSED_ADDRESS
    inner = _embedded(address)
    if address in _METADATA or any(a in _METADATA for a in inner):
        return TroubleKind.METADATA_ADDRESS
    if private_allowed:
        return None
    return TroubleKind.REFUSED_ADDRESS if inner or _special(address) else None


def _special(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in net for net in _SPECIAL_4)
    return address not in _PUBLIC_6 or any(address in net for net in _SPECIAL_6)


def _embedded(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 one: mapped, compatible, translated (NAT64), 6to4, Teredo, ISATAP."""
    if isinstance(address, IPv4Address):
        return ()
    found: list[IPv4Address] = []
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if number >> 32 == 0 and number > 1:
        found.append(low)  # ::a.b.c.d (RFC 4291 2.5.5.1)
    if address.ipv4_mapped:
        found.append(address.ipv4_mapped)
    if number >> 32 == 0xFFFF0000:
        found.append(low)  # ::ffff:0:a.b.c.d (RFC 2765)
    if address in IPv6Network("64:ff9b::/96") or address in IPv6Network("64:ff9b:1::/48"):
        found.append(low)  # RFC 6052, RFC 8215
    if address.sixtofour:
        found.append(address.sixtofour)
    if address.teredo:
        found.extend(address.teredo)
    if (number >> 32) & 0xFDFFFFFF == 0x00005EFE:
        found.append(low)  # ISATAP (RFC 5214)
    return tuple(found)
