// Pages of accounts and the audit log.

export const accountRoutes = []
