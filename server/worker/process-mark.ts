import { readFileSync, readlinkSync } from "node:fs";

export interface ProcessMark {
  /** What those have in common that can see one another: the machine since it was switched on, the PID namespace and the user. */
  place: string;
  /** Begins with its place. No other process has had it or will have it. */
  mark: string;
}

const STATE = 0;
/** Field 22 of `/proc/<pid>/stat`: clock ticks since the machine was switched on (`man 5 proc_pid_stat`), counted from the state, which is field 3. */
const STARTED = 19;

/** Null where the system does not say (it has no `/proc`). */
export function processHere(): ProcessMark | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const place = `${boot} ${readlinkSync("/proc/self/ns/pid")} ${process.getuid?.()} `;
    const started = statOf(String(process.pid))[STARTED]!;
    return { place, mark: `${place}${process.pid} ${started}` };
  } catch {
    return null;
  }
}

/** Whether that process of this place has ended for certain: its number is nobody's, another's, or that of one whose end was not asked for yet. */
export function isGone(mark: string): boolean {
  const [pid = "", started] = mark.split(" ").slice(-2);
  try {
    const fields = statOf(pid);
    return fields[STARTED] !== started || fields[STATE] === "Z";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH";
  }
}

/** The name of the program, in brackets before them, may hold anything. */
function statOf(pid: string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
