"use client";

import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { createContext, useCallback, useContext, useRef, useState, type FormEvent, type ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { leave } from "@/components/sign-in/leave";
import { usePasskey } from "@/components/sign-in/use-passkey";
import { trySignIn } from "@/components/sign-in/use-sign-in";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";

type Prove = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

const ProofContext = createContext<Prove | null>(null);

/** Does something sensitive; if the server wants to know first that it is really this person, asks them and does it then. */
export function useProve(): Prove {
  const prove = useContext(ProofContext);
  if (prove === null) throw new Error("useProve is only for pages within a ProofProvider");
  return prove;
}

export function ProofProvider({ children }: { children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const answer = useRef<((proved: boolean) => void) | null>(null);
  const prove = useCallback<Prove>(async (work) => {
    try {
      return await work();
    } catch (error) {
      if (readRefusal(error).kind !== "proof_needed") throw error;
      setAsking(true);
      const proved = await new Promise<boolean>((resolve) => (answer.current = resolve));
      setAsking(false);
      if (!proved) throw error;
      return work();
    }
  }, []);
  return (
    <ProofContext value={prove}>
      {children}
      {isAsking ? <ProofDialog why="This changes how you sign in." back="/profile/security" done={(proved) => answer.current?.(proved)} /> : null}
    </ProofContext>
  );
}

export function ProofDialog({ why, back, done }: { why: string; back: string; done: (proved: boolean) => void }) {
  return (
    <Dialog open onOpenChange={() => done(false)}>
      <DialogContent title="Confirm that it is you" description={why}><ProofForm back={back} done={() => done(true)} /></DialogContent>
    </Dialog>
  );
}

interface ProofFormProps {
  /** Where they come to after signing in again, having nothing to confirm it by. */
  back: string;
  done: () => void;
  /** A password is not enough; what is offered to whoever has no second factor. */
  withoutFactor?: ReactNode;
}

/** By the person's own second factor, else by their password, or by a passkey. */
export function ProofForm({ back, done, withoutFactor }: ProofFormProps) {
  const trpc = useTRPC();
  const proofs = useQuery({ ...trpc.signIn.proofs.queryOptions(), staleTime: 0 });
  const askPasskey = usePasskey();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async (credentials: () => Promise<Record<string, string>>) => {
    setBusy(true);
    try {
      const refused = await trySignIn("confirm", await credentials());
      if (refused === null) return done();
      setProblem(refused);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  const ways = proofs.data;
  const typed = ways?.code ? "code" : ways?.password && withoutFactor === undefined ? "password" : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const value = String(new FormData(event.currentTarget).get("proof"));
    void confirm(() => Promise.resolve({ [String(typed)]: value }));
  };
  if (proofs.isPending) return <SkeletonRows count={2} />;
  if (proofs.isError) return <ErrorState error={proofs.error} retry={() => void proofs.refetch()} what="the ways to confirm it" />;
  return (
    <div className="flex flex-col gap-4">
      {problem === null ? null : <Alert tone="danger" title={problem} />}
      {typed === null ? null : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label={typed === "code" ? "Code" : "Password"} hint={typed === "code" ? "From your authenticator app, or a recovery code." : undefined} required>
            {(control) => <Input {...control} name="proof" type={typed === "code" ? "text" : "password"} autoComplete={typed === "code" ? "one-time-code" : "current-password"} required autoFocus />}
          </Field>
          <Button type="submit" variant="primary" disabled={isBusy}>Confirm</Button>
        </form>
      )}
      {ways?.passkey ? (
        <Button disabled={isBusy} onClick={() => void confirm(async () => ({ passkey: await askPasskey() }))}>
          <Fingerprint aria-hidden />
          Use a passkey
        </Button>
      ) : null}
      {typed !== null || ways?.passkey ? null : withoutFactor ?? (
        <>
          <p className="text-sm text-muted-foreground">Sign in once more, then go on here.</p>
          <Button variant="primary" onClick={() => void leave(`/sign-in?callbackUrl=${encodeURIComponent(back)}`)}>Sign in again</Button>
        </>
      )}
    </div>
  );
}
