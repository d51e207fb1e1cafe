"use client";

import type { ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";

export interface ConfirmDialogProps {
  title: string;
  children: ReactNode;
  /** Shown below the text. */
  details?: ReactNode;
  action: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  close: () => void;
}

/** For what cannot be undone. */
export function ConfirmDialog({ title, children, details = null, action, isBusy, error, onConfirm, close }: ConfirmDialogProps) {
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        footer={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button variant="destructive" disabled={isBusy} onClick={onConfirm}>
              {action}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3 text-sm">
          <p>{children}</p>
          {details}
          {error === null || error === undefined ? null : <Alert tone="danger" title={readRefusal(error).message} />}
        </div>
      </DialogContent>
    </Dialog>
  );
}
