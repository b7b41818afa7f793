/**
 * Violations of impact serious or critical that axe-core sees on this page. `rules` names the rules to run (default: all
 * of its usual ones), `contrast` the least contrast of large text (default: WCAG's 3:1).
 */
async ({ rules, contrast } = {}) => {
  const contrastRatio = { normal: { expected: 4.5 }, large: { expected: contrast ?? 3 } };
  const sizes = { boldValue: 700, boldTextPt: 14, largeTextPt: 18, pseudoSizeThreshold: 0.25, ignoreUnicode: true };
  axe.configure({ checks: [{ id: "color-contrast", options: { ...sizes, contrastRatio } }] });
  const answer = await axe.run(document, {
    resultTypes: ["violations"],
    ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
  });
  return answer.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`));
}
