import type { StoreKind } from "@/server/secret-stores/constants";

export interface StoreField {
  name: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
  placeholder?: string;
}

interface StoreForm {
  title: string;
  fields: readonly StoreField[];
  credential: string;
  credentialHint?: string;
  isLong?: boolean;
  /** How a secret in it is named. */
  ref: string;
}

export const STORE_FORMS: Readonly<Record<StoreKind, StoreForm>> = {
  vault: {
    title: "HashiCorp Vault",
    fields: [
      { name: "url", label: "Address", placeholder: "https://vault.example.com:8200" },
      { name: "mount", label: "Path of the KV engine (version 2)", placeholder: "secret", isOptional: true },
      { name: "namespace", label: "Namespace", isOptional: true },
      { name: "roleId", label: "Role id", isOptional: true, hint: "To sign in by AppRole. Left empty: with a token." },
      { name: "authMount", label: "Path of AppRole", placeholder: "approle", isOptional: true },
    ],
    credential: "Token, or secret id of the role",
    ref: "apps/shop#password",
  },
  aws: {
    title: "AWS Secrets Manager",
    fields: [
      { name: "region", label: "Region", placeholder: "eu-central-1" },
      { name: "accessKeyId", label: "Access key id" },
      { name: "endpoint", label: "Other endpoint", isOptional: true },
    ],
    credential: "Secret access key",
    ref: "prod/shop#password",
  },
  gcp: {
    title: "Google Secret Manager",
    fields: [
      { name: "projectId", label: "Project id" },
      { name: "endpoint", label: "Other endpoint", isOptional: true },
    ],
    credential: "Key of a service account",
    credentialHint: "The whole JSON file.",
    isLong: true,
    ref: "shop-password",
  },
  azure: {
    title: "Azure Key Vault",
    fields: [
      { name: "url", label: "Address of the vault", placeholder: "https://name.vault.azure.net" },
      { name: "tenantId", label: "Tenant id" },
      { name: "clientId", label: "Application (client) id" },
      { name: "authority", label: "Other sign-in address", isOptional: true },
    ],
    credential: "Client secret",
    ref: "shop-password",
  },
};
