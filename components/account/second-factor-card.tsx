"use client";

import { useState } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import type { SecurityView } from "@/server/account/contract";
import { RecoveryCodes } from "./recovery-codes";
import { Refused } from "./refused";
import { TotpSetup } from "./totp-setup";
import { useProvenMutation } from "./use-proven-mutation";

export function SecondFactorCard({ security: { totpSince, recoveryCodesLeft, secondFactorRequired } }: { security: SecurityView }) {
  const client = useTRPCClient();
  const [isRemoving, setRemoving] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const begin = useProvenMutation((_: void) => client.account.beginTotp.mutate(), () => setSaved(false));
  const replace = useProvenMutation((_: void) => client.account.replaceRecoveryCodes.mutate());
  const remove = useProvenMutation((_: void) => client.account.removeTotp.mutate(), () => setRemoving(false));
  return (
    <Card>
      <CardHeader
        title="Second factor"
        description="A code from an authenticator app, after the password."
        actions={totpSince === null ? <Button variant="primary" disabled={begin.isPending} onClick={() => begin.mutate()}>Set up an app</Button> : <Button onClick={() => setRemoving(true)}>Turn off</Button>}
      />
      <div className="flex flex-col gap-3 p-4 text-sm">
        {totpSince === null ? (
          <p className="text-muted-foreground">{secondFactorRequired ? "Your organization requires a second factor." : "Off."}</p>
        ) : (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <Badge tone="success">On</Badge>
            <span className="text-muted-foreground">since <Moment at={totpSince} /></span>
            <span className={recoveryCodesLeft < 3 ? "text-warning" : "text-muted-foreground"}>{recoveryCodesLeft} recovery {recoveryCodesLeft === 1 ? "code" : "codes"} left</span>
            <Button size="sm" disabled={replace.isPending} onClick={() => replace.mutate()}>New recovery codes</Button>
          </div>
        )}
        <Refused error={begin.error ?? replace.error} />
      </div>
      {begin.data === undefined ? null : (
        <Dialog open onOpenChange={() => begin.reset()}>
          <DialogContent title="Set up an authenticator app" unsaved={isSaved ? false : undefined}>
            <TotpSetup fresh={begin.data} onSaved={() => setSaved(true)} done={() => begin.reset()} />
          </DialogContent>
        </Dialog>
      )}
      {replace.data === undefined ? null : (
        <Dialog open onOpenChange={() => replace.reset()}>
          <DialogContent title="New recovery codes" description="Those before do not work any more.">
            <RecoveryCodes codes={replace.data.codes} done={() => replace.reset()} />
          </DialogContent>
        </Dialog>
      )}
      {isRemoving ? (
        <ConfirmDialog title="Turn off the second factor?" action="Turn off" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} close={() => setRemoving(false)}>
          Your password alone signs you in then. The recovery codes end.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
