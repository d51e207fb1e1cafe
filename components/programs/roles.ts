import { SERVICE_ROLES } from "@/server/programs/constants";

export type ServiceRole = (typeof SERVICE_ROLES)[number];

export const ROLE_CHOICES = SERVICE_ROLES.map((value) => ({ value, label: `${value[0]!.toUpperCase()}${value.slice(1)}` }));
