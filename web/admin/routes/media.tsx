// Pages of uploads and media files.

export const mediaRoutes = []
