import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "@/server/trpc/root";
import { readRefusal } from "./problem";

/** What changes something and wants a proof first waits for it, and is called again; what only asks does not, since nobody pressed anything. */
export function proofLink(prove: () => Promise<boolean>): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let isOver = false;
        let current = { unsubscribe: () => {} };
        const call = (mayAsk: boolean) => {
          current = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error: (error) => {
              if (!mayAsk || readRefusal(error).kind !== "proof_needed") return observer.error(error);
              void prove().then((isProven) => {
                if (isOver) return;
                if (isProven) call(false);
                else observer.error(error);
              });
            },
          });
        };
        call(op.type === "mutation");
        return () => {
          isOver = true;
          current.unsubscribe();
        };
      });
}
