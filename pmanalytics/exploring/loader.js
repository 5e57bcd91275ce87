// Makes every table of browse() on the page one that sorts and filters, now and whenever one is
// added. DataTables comes packed within this script; nothing is fetched.
(async () => {
  if (window.pmanalyticsTables) return;
  window.pmanalyticsTables = true;
  const unpacked = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text();
  };
  const style = document.createElement("style");
  // The marks for sorting and filtering keep their size in a narrow column.
  const own = ".pma-browse .dtcc{flex:none}.pma-browse .dtcc-button{width:16px}";
  style.textContent = (await unpacked("STYLE")) + own;
  document.head.append(style);
  const code = new Blob([await unpacked("BUNDLE")], { type: "text/javascript" });
  const address = URL.createObjectURL(code);
  const { default: DataTable, set_or_remove_dark_class: followTheme } = await import(address);
  URL.revokeObjectURL(address);
  const upgrade = () => {
    for (const table of document.querySelectorAll(".pma-browse > table:not(.dataTable)")) {
      const long = table.tBodies[0].rows.length > 10;
      const control = (kind) => (long ? ["order", [kind]] : []);
      table.classList.add("display", "compact");
      new DataTable(table, {
        autoWidth: false,
        order: [],
        ordering: { indicators: !long },
        paging: long,
        info: long,
        language: { emptyTable: "No rows." },
        layout: { topEnd: long ? "search" : null },
        columnDefs: [
          { targets: "pma-choice", columnControl: control("searchList") },
          { targets: "_all", columnControl: control("search") },
        ],
      });
    }
  };
  followTheme();
  upgrade();
  new MutationObserver(upgrade).observe(document.body, { childList: true, subtree: true });
})();
