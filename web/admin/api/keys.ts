// Keys of cached responses. They begin with the kind of data that a change makes out of date.

/** Titles with their seasons, episodes and media files, and lists of titles. */
export const titlesKey = (...parts: unknown[]): readonly unknown[] => ['titles', ...parts]
export const collectionsKey = (...parts: unknown[]): readonly unknown[] => ['collections', ...parts]
export const uploadsKey = (...parts: unknown[]): readonly unknown[] => ['uploads', ...parts]
export const accountsKey = (...parts: unknown[]): readonly unknown[] => ['accounts', ...parts]
export const auditKey = (...parts: unknown[]): readonly unknown[] => ['audit', ...parts]
/** Masters and the jobs that encode them. */
export const encodingKey = (...parts: unknown[]): readonly unknown[] => ['encoding', ...parts]
/** Seasons with the jobs that detect their intros and credits. */
export const detectionsKey = (...parts: unknown[]): readonly unknown[] => ['detections', ...parts]
export const webhooksKey = (...parts: unknown[]): readonly unknown[] => ['webhooks', ...parts]
/** Numbers that change by what viewers do. */
export const statisticsKey = (...parts: unknown[]): readonly unknown[] => ['statistics', ...parts]
/** API tokens and service accounts. */
export const tokensKey = (...parts: unknown[]): readonly unknown[] => ['tokens', ...parts]
/** Columns and first rows of a file before its import. */
export const importPreviewKey = (...parts: unknown[]): readonly unknown[] => ['import-preview', ...parts]
