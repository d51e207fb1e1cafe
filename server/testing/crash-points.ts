/**
 * A named moment at which a crash test lets its worker die as if by power loss. Without MILLRACE_CRASH_POINT it does
 * nothing. `after-claim` dies at the first pass, `after-claim:3` at the third.
 */
export function crashPoint(name: string): void {
  if (armed === undefined || armed.name !== name) return;
  armed.passesLeft -= 1;
  if (armed.passesLeft <= 0) process.kill(process.pid, "SIGKILL");
}

export function parseCrashPoint(setting: string | undefined): { name: string; passesLeft: number } | undefined {
  if (!setting) return undefined;
  const [name = "", count = "1"] = setting.split(":");
  const passesLeft = Number(count);
  if (name === "" || !Number.isInteger(passesLeft) || passesLeft < 1) {
    throw new Error(`MILLRACE_CRASH_POINT: "${setting}" is not a name or name:count.`);
  }
  return { name, passesLeft };
}

const armed = parseCrashPoint(process.env.MILLRACE_CRASH_POINT);
