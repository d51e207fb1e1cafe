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

function say(kind: Kind) {
  return (message: string, options?: ExternalToast): void => {
    if (show !== undefined) return void show[kind](message, options);
    waiting.push((toast) => void toast[kind](message, options));
    wanted?.();
  };
}

export const toast = Object.assign(say("message"), { success: say("success"), info: say("info"), warning: say("warning"), error: say("error") });
