import { CopyButton } from "@/components/ui/copy-button";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";

/** A key that was just made: whoever takes what it signs needs it, and it is shown this once. `of`: what it is the key of; `checks`: who checks what with it. */
export function SigningKeyDialog({ of, checks, signingSecret, close }: { of: string; checks: string; signingSecret: string; close: () => void }) {
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`The key of the ${of}`} description={`${checks} with it (Standard Webhooks). It is shown this once.`} footer={<Button variant="primary" onClick={close}>Done</Button>}>
        <div className="flex items-center gap-1 rounded-md border bg-muted/40 px-2 py-1">
          <code data-testid="signing-key" className="min-w-0 flex-1 font-mono text-xs break-all">{signingSecret}</code>
          <CopyButton text={signingSecret} label="Copy the key" />
        </div>
      </DialogContent>
    </Dialog>
  );
}
