#!/bin/sh
# Installs the peers of the benchmark, each in an environment of its own below the folder given; nothing is shipped.
# sslscan and testssl.sh are packages of the system: they are unpacked there, not installed, with what testssl.sh asks
# the name service with.
set -eu
folder=${1:?usage: peers.sh FOLDER}
for name in sslyze cryptolyzer; do
    python3 -m venv "$folder/$name"
    "$folder/$name/bin/pip" install --quiet "$name" || echo "$name could not be installed and is left out"
done
# The command is called otherwise than its package.
[ -e "$folder/cryptolyze" ] || ln -s cryptolyzer "$folder/cryptolyze"
mkdir -p "$folder/system"
for name in sslscan testssl.sh bind9-host bind9-libs libmaxminddb0 liblmdb0 libuv1 libjson-c5 libnghttp2-14 libfstrm0 \
    libprotobuf-c1 libjemalloc2; do
    (cd "$folder/system" && apt-get download "$name" && dpkg -x "$name"_*.deb .) || echo "$name is left out"
done
