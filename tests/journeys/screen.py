"""A real screen for the journeys: Xvfb, a window manager, the accessibility bus, mouse, keyboard and the program."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"
#: Buttons that stand below the page and never scroll.
FOOT = frozenset({"Back", "Next", "Go on", "Make the vault", "Begin with the scope", "Sign and export…", "Stop"})


class Screen:
    """One display with one program on it. `folder` gets the program's home, its log and the pictures."""

    def __init__(self, folder: Path, size: str = "1440x960") -> None:
        self.folder = folder
        self.log: list[dict[str, object]] = []
        self._size = size
        self._running: list[subprocess.Popen[str]] = []
        self.app: subprocess.Popen[str] | None = None

    def __enter__(self) -> Screen:
        self._env = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_", "DBUS"))}
        self._env |= {
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        read, write = os.pipe()
        self._begin(
            "Xvfb", "-displayfd", str(write), "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", pass_fds=(write,)
        )
        os.close(write)
        with os.fdopen(read) as display:
            self._env["DISPLAY"] = ":" + display.readline().strip()
        self.wait(lambda: self._xdotool("getdisplaygeometry") == 0, "the display")
        bus = self._begin("dbus-daemon", "--session", "--print-address=1", "--nofork", stdout=subprocess.PIPE)
        assert bus.stdout is not None
        self._env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self._begin("openbox", "--sm-disable")
        launcher = next(p for p in _LAUNCHERS if Path(p).exists())
        self._begin(launcher, "--launch-immediately")
        self._tree = self._begin(
            SYSTEM_PYTHON, str(HERE / "accessible_tree.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running):
            process.terminate()
        for process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def start(self, *arguments: str, home: Path | None = None) -> None:
        """Start the program and wait for its window; its JSON log is gathered in `log`."""
        command = [sys.executable, "-P", "-m", "wizard", "--home", str(home or self.folder / "home"), "--log", "json"]
        environment = self._env | {"PYTHONPATH": str(HERE.parent.parent), "PYTHONFAULTHANDLER": "1"}
        self.app = subprocess.Popen(
            [*command, *arguments], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self._running.append(self.app)
        threading.Thread(target=self._listen, args=(self.app,), daemon=True).start()
        self.wait(lambda: self.windows() > 0, "the window")

    def stop(self) -> None:
        """Close the window as its close button does, and wait for the end."""
        assert self.app is not None
        self._xdotool("search", "--onlyvisible", "--pid", str(self.app.pid), "windowclose")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.app.wait(10)
        if self.app.returncode is None:
            self.app.send_signal(signal.SIGTERM)
            self.app.wait(10)
        assert self.app.returncode == 0, self._last_words()

    def windows(self) -> int:
        assert self.app is not None
        out = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(self.app.pid)],
            env=self._env,
            capture_output=True,
            text=True,
        )
        return len(out.stdout.split())

    def find(
        self, name: str = "", role: str = "", exactly: str = "", after: str = "", most: int = 1000
    ) -> list[dict[str, object]]:
        """What is there and called so, behind what is called `after`, through the accessibility bus."""
        asked = {"do": "find", "name": name, "role": role, "exactly": exactly, "after": after, "most": most}
        return self._ask(asked)["found"]

    def tree(self) -> list[list[object]]:
        return self._ask({"do": "tree"})["tree"]

    def see(
        self, name: str = "", role: str = "", exactly: str = "", after: str = "", seconds: float = 20
    ) -> dict[str, object]:
        """Wait until something called so is there; the first one behind what is called `after`."""
        found: list[dict[str, object]] = []

        def there() -> bool:
            found[:] = [f for f in self.find(name, role, exactly, after, most=4) if f["box"][2] > 1]
            return bool(found)

        self.wait(there, f"{role or 'anything'} called {name or exactly!r}", seconds)
        return found[0]

    def click(self, name: str = "", role: str = "", exactly: str = "", after: str = "", seconds: float = 20) -> None:
        """Scroll to it with the wheel, move the mouse onto it and click."""
        x, y, width, height = self.reach(name, role, exactly, after, seconds)["box"]
        self.click_at(x + min(width // 2, 60), y + height // 2)

    def reach(
        self, name: str = "", role: str = "", exactly: str = "", after: str = "", seconds: float = 20
    ) -> dict[str, object]:
        """Turn the wheel over the page until it stands inside the window."""
        for _turn in range(120):
            found = self.see(name, role, exactly, after, seconds)
            left, top, width, height = self.window()
            x, y, _wide, high = found["box"]
            inside = top + 8 <= y and y + min(high, 60) <= top + height - 70
            if inside or x < left + 264 or exactly in FOOT:
                return found
            self._xdotool("mousemove", str(left + width - 300), str(top + height // 2))
            self._xdotool("click", "4" if y < top + 8 else "5")
            _rest(0.03)
        raise AssertionError(f"cannot scroll to {name or exactly!r}")

    def window(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the window on the screen."""
        (found,) = [f for f in self.find("Attestry", "filler", most=1) if f["box"][2] > 600][:1]
        return tuple(found["box"])

    def paste(self, text: str) -> None:
        """Put text on the clipboard and press Ctrl+V."""
        with subprocess.Popen(["xclip", "-selection", "clipboard"], env=self._env, stdin=subprocess.PIPE) as clip:
            clip.communicate(text.encode())
        self.key("ctrl+v")

    def click_at(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", "1")
        _rest(0.15)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "8", "--", text)
        _rest(0.1)

    def key(self, *keys: str) -> None:
        for key in keys:
            self._xdotool("key", "--clearmodifiers", key)
            _rest(0.05)

    def choose(self, path: Path) -> None:
        """Answer the system's chooser, for a file that is there or is to be."""
        self.see(exactly="File name:", role="label")
        self.key("ctrl+a")
        self.type(str(path))
        for _once_more in range(2):  # the list of names that fit takes the first Return when it comes up late
            self.key("Return")
            if self._comes(lambda: not self.find(exactly="File name:", role="label", most=1), "the chooser to go", 8):
                return
        raise AssertionError(f"the chooser did not take {path}")

    def picture(self, name: str) -> Path:
        """What the screen shows now, as a PNG below `folder`/pictures."""
        out = self.folder / "pictures" / f"{name}.png"
        out.parent.mkdir(exist_ok=True)
        subprocess.run(["scrot", "--overwrite", str(out)], env=self._env, check=True)
        return out

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
        if not self._comes(condition, what, seconds):
            shown = "\n".join(f"{'  ' * d}{role} {name!r} {text!r}" for d, role, name, text in self.tree())
            raise AssertionError(f"never saw {what}; shown:\n{shown}")

    def _comes(self, condition: Callable[[], bool], what: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.app is not None and self.app.poll() is not None:
                raise AssertionError(f"while waiting for {what}: {self._last_words()}")
            if condition():
                return True
            _rest(0.1)
        return False

    def _last_words(self) -> str:
        """How the program ended, and what it wrote that is no log."""
        assert self.app is not None
        _rest(0.5)  # for its last lines
        written = "\n".join(str(line["stderr"]) for line in self.log if "stderr" in line)
        return f"the program ended ({self.app.returncode})\n{written}"

    def _listen(self, app: subprocess.Popen[str]) -> None:
        assert app.stderr is not None
        for line in app.stderr:
            with contextlib.suppress(ValueError):
                self.log.append(json.loads(line))
                continue
            self.log.append({"stderr": line.rstrip()})

    def _ask(self, question: dict[str, object]) -> dict[str, list]:
        assert self._tree.stdin is not None
        assert self._tree.stdout is not None
        self._tree.stdin.write(json.dumps(question) + "\n")
        self._tree.stdin.flush()
        return json.loads(self._tree.stdout.readline())

    def _xdotool(self, *arguments: str) -> int:
        return subprocess.run(["xdotool", *arguments], env=self._env, check=False, capture_output=True).returncode

    def _begin(self, *command: str, **more: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(command, env=self._env, text=True, stderr=subprocess.DEVNULL, **more)
        self._running.append(process)
        return process


def _rest(seconds: float) -> None:
    """Give the window a moment: real screens have no other way to wait for nothing in particular."""
    threading.Event().wait(seconds)


_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


def missing() -> str:
    """The first tool that a journey needs and that is not here; "" when all are."""
    for name in ("Xvfb", "dbus-daemon", "openbox", "xdotool", "scrot", "xclip"):
        if shutil.which(name) is None:
            return name
    if not any(Path(p).exists() for p in _LAUNCHERS):
        return "at-spi-bus-launcher"
    probe = subprocess.run([SYSTEM_PYTHON, "-c", "import pyatspi"], capture_output=True)
    return "python3-pyatspi" if probe.returncode else ""
