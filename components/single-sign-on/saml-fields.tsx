"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { fieldClasses, Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import type { ConnectionView, ReadMetadata } from "@/server/sso/contract";
import { MetadataField } from "./metadata-field";
import { mergeCertificates } from "./merge-certificates";

interface Props {
  connection: ConnectionView | null;
  unsolicited: boolean;
  setUnsolicited: (on: boolean) => void;
}

export function SamlFields({ connection, unsolicited, setUnsolicited }: Props) {
  const [entityId, setEntityId] = useState(connection?.entityId ?? "");
  const [ssoUrl, setSsoUrl] = useState(connection?.ssoUrl ?? "");
  const [certificates, setCertificates] = useState(connection?.certificates.map(({ pem }) => pem.trim()).join("\n") ?? "");
  const [kept, setKept] = useState(0);
  const take = (read: ReadMetadata) => {
    setEntityId(read.entityId);
    setSsoUrl(read.ssoUrl);
    const { pems, added } = mergeCertificates(read.certificates, connection?.certificates ?? []);
    setCertificates(pems.join("\n"));
    setKept(pems.length - added);
  };
  return (
    <>
      <MetadataField take={take} />
      <Field label="Entity id of the provider" required>{(control) => <Input {...control} name="entityId" required value={entityId} onChange={(event) => setEntityId(event.target.value)} />}</Field>
      <Field label="Sign-in address" required hint="For the HTTP-Redirect binding.">{(control) => <Input {...control} name="ssoUrl" type="url" required value={ssoUrl} onChange={(event) => setSsoUrl(event.target.value)} />}</Field>
      <Field label="Certificates" required hint={kept > 0 ? "Those that were here before stay too, for as long as the provider may still sign with them. Take them out once it does not." : "PEM. Several, one after the other, while the provider changes to a new one."}>
        {(control) => <textarea {...control} name="certificates" required rows={6} className={`${fieldClasses} py-2 font-mono text-xs`} value={certificates} onChange={(event) => setCertificates(event.target.value)} />}
      </Field>
      <label className="flex items-center gap-2 text-sm"><Switch checked={unsolicited} onCheckedChange={setUnsolicited} />Take sign-ins that begin at the provider</label>
    </>
  );
}
