import type { ExternalToast, toast as sonnerToast } from "sonner";

type Kind = "message" | "success" | "info" | "warning" | "error";

let show: typeof sonnerToast | undefined;
let wanted: (() => void) | undefined;
const waiting: ((toast: typeof sonnerToast) => void)[] = [];

/** What shows toasts is loaded with the first one; until it is there, toasts wait for it. */
export const toasterPort = {
  onWanted: (want: () => void): (() => void) => {
    wanted = want;
    if (waiting.length > 0) want();
    return () => (wanted = undefined);
  },
  ready: (toast: typeof sonnerToast): void => {
    show = toast;
    for (const tell of waiting.splice(0)) tell(toast);
  },
};

/** Time enough to read what was done and to reach its *Undo*. */
const WITH_ACTION_MS = 10_000;

function say(kind: Kind) {
  return (message: string, given?: ExternalToast): void => {
    const options = given?.action === undefined ? given : { duration: WITH_ACTION_MS, ...given };
    if (show !== undefined) return void show[kind](message, options);
    waiting.push((toast) => void toast[kind](message, options));
    wanted?.();
  };
}

export const toast = Object.assign(say("message"), { success: say("success"), info: say("info"), warning: say("warning"), error: say("error") });
