"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent, STAYS_HIGH } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { PlaceRef } from "@/server/access/contract";
import { EffectiveAccess } from "./effective-access";
import { GrantForm, type Grantee } from "./grant-form";
import { GrantList } from "./grant-list";

export interface AccessDialogProps {
  place: PlaceRef;
  name: string;
  /** Whether the person may give and take access here. */
  mayWrite: boolean;
  isLocked?: boolean;
  close: () => void;
}

/** Who has access to one folder or workflow: what was given there, and all that comes to. */
export function AccessDialog({ place, name, mayWrite, isLocked = false, close }: AccessDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [who, setWho] = useState<Grantee>(null);
  const grants = useQuery(trpc.access.grants.queryOptions({ place }));
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() });
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`Access to ${name}`} description="Roles add up: what is given here adds to what people may do in the whole workspace and in the folders above." className={cn("max-w-2xl", STAYS_HIGH)} unsaved={mayWrite && who !== null} footer={<Button onClick={close}>Done</Button>}>
        <Tabs defaultValue="given">
          <TabsList aria-label="Access">
            <TabsTrigger value="given">Given here</TabsTrigger>
            <TabsTrigger value="effective">Who may do what</TabsTrigger>
          </TabsList>
          <TabsContent value="given" className="flex flex-col gap-4 pt-4">
            {grants.isPending ? (
              <SkeletonRows count={2} />
            ) : grants.isError ? (
              <ErrorState error={grants.error} retry={() => void grants.refetch()} what="the access given" />
            ) : grants.data.length === 0 ? (
              <p className="text-sm text-muted-foreground">Nobody in particular. Members of the workspace have access by their roles; whoever is given a role here and has no other sees this and nothing else.</p>
            ) : (
              <div className="rounded-lg border bg-card"><GrantList place={place} grants={grants.data} mayWrite={mayWrite} done={refresh} /></div>
            )}
            {mayWrite ? <GrantForm place={place} who={who} setWho={setWho} done={refresh} /> : isLocked ? <Alert title="It lies in a locked folder: nobody changes who has access but those whom the protection rule names." /> : null}
          </TabsContent>
          <TabsContent value="effective" className="pt-4"><EffectiveAccess place={place} /></TabsContent>
        </Tabs>
      </DialogContent>
    </Dialog>
  );
}
