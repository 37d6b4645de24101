// A QR code as a picture of one path: it needs no inline styles.
import encodeQR from 'qr'
import type { ReactNode } from 'react'

/** Modules of light space that readers need around the code. */
const QUIET_ZONE = 4

export function QrCode ({ text, label }: { readonly text: string, readonly label: string }): ReactNode {
  const rows = encodeQR(text, 'raw', { border: QUIET_ZONE })
  const path = rows.flatMap((row, y) => row.map((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : '')).join('')
  return (
    <svg
      className="qr-code"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
