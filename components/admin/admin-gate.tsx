"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { ProofDialog } from "@/components/account/proof";
import { AdminDoor } from "./admin-door";
import { AdminFrame } from "./admin-frame";

/**
 * The pages while a proof of who looks at them is young enough. When it becomes too old, they go out of sight and stay there with
 * all that is open and half written, until the next proof; who gives none stands before the door.
 */
export function AdminGate({ isOpen, user, children }: { isOpen: boolean; user: { id: string; name: string }; children: ReactNode }) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const pathname = usePathname();
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen && !wasOpen) setWasOpen(true);
  if (!isOpen && !wasOpen) return <AdminDoor />;
  const done = (isProven: boolean) => {
    if (!isProven) return setWasOpen(false);
    router.refresh();
    void queryClient.invalidateQueries();
  };
  return (
    <>
      <div className={isOpen ? "contents" : "invisible"}>
        <AdminFrame user={user}>{children}</AdminFrame>
      </div>
      {isOpen ? null : <ProofDialog why="The pages stay open for an hour." back={pathname} done={done} />}
    </>
  );
}
