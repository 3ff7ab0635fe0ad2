#!/bin/sh
# Installs the peers of the benchmark, each in an environment of its own below the folder given; nothing is shipped.
# sslscan and testssl.sh come from the system's packages and are found on the path.
set -eu
folder=${1:?usage: peers.sh FOLDER}
for name in sslyze cryptolyzer; do
    python3 -m venv "$folder/$name"
    "$folder/$name/bin/pip" install --quiet "$name" || echo "$name could not be installed and is left out"
done
# The command is called otherwise than its package.
[ -e "$folder/cryptolyze" ] || ln -s cryptolyzer "$folder/cryptolyze"
