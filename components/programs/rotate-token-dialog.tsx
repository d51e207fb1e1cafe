"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { OVERLAPS } from "./overlaps";
import { ShownOnce } from "./shown-once";
import { useRefreshPrograms } from "./use-refresh-programs";

export function RotateTokenDialog({ token, close }: { token: { id: string; name: string }; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const [overlap, setOverlap] = useState("24");
  const rotate = useMutation(trpc.tokens.rotate.mutationOptions({ onSuccess: refresh }));
  return (
    <Dialog open onOpenChange={close}>
      {rotate.isSuccess ? (
        <ShownOnce title="Copy the token now" values={[{ label: "Token", text: rotate.data.token, testId: "new-token" }]} close={close} />
      ) : (
        <DialogContent title={`New token in place of ${token.name}`}>
          <div className="flex flex-col gap-4">
            {rotate.isError ? <Alert tone="danger" title={readRefusal(rotate.error).message} /> : null}
            <Field label="The old one works on for" hint="And no longer than it would have.">{(control) => <Select {...control} value={overlap} onValueChange={setOverlap} options={OVERLAPS} />}</Field>
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button variant="primary" disabled={rotate.isPending} onClick={() => rotate.mutate({ tokenId: token.id, overlapHours: Number(overlap) })}>Make a new token</Button>
            </div>
          </div>
        </DialogContent>
      )}
    </Dialog>
  );
}
