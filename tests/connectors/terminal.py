"""Sits at a terminal in front of a command: `terminal.py PROMPT=ANSWER… -- COMMAND…` waits for each
prompt in its turn and types the answer (`^C` interrupts). Prints all that was to be seen there, and
at last whether the terminal shows again what is typed. Ends as the command did."""

import os
import pty
import select
import signal
import sys
import termios

at = sys.argv.index("--")
turns = [turn.split("=", 1) for turn in sys.argv[1:at]]
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[at + 1], sys.argv[at + 1:])
seen, looked = b"", 0
while True:
    if not select.select([terminal], [], [], 30)[0]:
        # It waits for what nobody was told to type.
        os.kill(child, signal.SIGKILL)
        break
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        # Nobody sits behind it any more.
        break
    seen += piece
    while turns and turns[0][0].encode() in seen[looked:]:
        prompt, answer = turns.pop(0)
        looked = seen.index(prompt.encode(), looked) + len(prompt)
        os.write(terminal, b"\x03" if answer == "^C" else answer.encode() + b"\n")
shown = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
sys.stdout.write(seen.decode() + f"\necho {'on' if shown else 'off'}\n")
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
