#!/bin/sh
# Shows Attestry in this user's menu and opens workspaces by double click. Needs no root. `install.sh --remove` takes it back.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
id=org.attestry.Attestry

desktop=$data/applications/$id.desktop
mime=$data/mime/packages/$id.xml
icon=$data/icons/hicolor/scalable/apps/$id.svg
metainfo=$data/metainfo/$id.metainfo.xml
command=$HOME/.local/bin/attestry

if [ "${1:-}" = --remove ]; then
    rm -f "$desktop" "$mime" "$icon" "$metainfo" "$command"
else
    mkdir -p "${desktop%/*}" "${mime%/*}" "${icon%/*}" "${metainfo%/*}" "${command%/*}"
    # The folder may have spaces: the entry's grammar wants the program in quotes, with " ` $ \ escaped.
    program=$(printf '%s' "${here%/*}/attestry" | sed 's/[\\"`$]/\\\\&/g; s/[&|]/\\&/g')
    sed "s|^Exec=attestry|Exec=\"$program\"|" "$here/$id.desktop" >"$desktop"
    cp "$here/$id.mime.xml" "$mime"
    cp "$here/$id.svg" "$icon"
    cp "$here/$id.metainfo.xml" "$metainfo"
    ln -sf "${here%/*}/attestry" "$command"
fi
if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime"; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database "$data/applications"; fi
