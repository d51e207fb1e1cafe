"use client";

import { useCustomRoles } from "@/components/people/use-custom-roles";
import type { ServiceAccountView } from "@/server/programs/contract";
import { SERVICE_ROLES } from "@/server/programs/constants";

export type ServiceRole = (typeof SERVICE_ROLES)[number];

export const ROLE_CHOICES = SERVICE_ROLES.map((value) => ({ value, label: `${value[0]!.toUpperCase()}${value.slice(1)}` }));

/** The roles of a service account by their values in a choice: those of the product by name, custom ones by id. */
export function useAccountRoles() {
  const custom = useCustomRoles();
  return [...ROLE_CHOICES.map((choice) => ({ ...choice, value: choice.value as string })), ...custom.map(({ id, name }) => ({ value: id, label: name }))];
}

export const accountRole = (value: string): ServiceAccountView["role"] => {
  const role = SERVICE_ROLES.find((name) => name === value);
  return role === undefined ? { kind: "custom", customRoleId: value } : { kind: "role", role };
};

export const valueOfRole = (role: ServiceAccountView["role"]) => (role.kind === "role" ? role.role : role.customRoleId);
