
// Shows the list behind a count, and filters long tables. Text from data is text here, never markup.
(() => {
  const make = (tag, text, parent) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  const onTheWeb = (address) => /^https?:\/\//.test(address);

  // Selects by which rows are shown or hidden; says how many are left.
  const filters = (place, rows, columns, noun) => {
    const chosen = new Map();
    const bar = make("p", "", null);
    bar.className = "filters";
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    const apply = () => {
      let left = 0;
      for (const row of rows) {
        const kept = [...chosen].every(([column, value]) => !value || row.values[column] === value);
        row.element.hidden = !kept;
        left += kept ? 1 : 0;
      }
      status.textContent = left === rows.length ? "" : `${left} of ${counted(rows.length, noun)}`;
    };
    for (const column of columns) {
      const values = [...new Set(rows.map((row) => row.values[column]))].filter(Boolean).sort();
      if (values.length < 2) continue;
      const label = make("label", `${column} `, bar);
      const select = make("select", "", label);
      make("option", "all", select).value = "";
      for (const value of values) make("option", value, select).value = value;
      select.addEventListener("change", () => {
        chosen.set(column, select.value);
        apply();
      });
    }
    if (!bar.childElementCount) return;
    bar.append(status);
    place.append(bar);
  };
  for (const table of document.querySelectorAll("table:has(th[data-filter])")) {
    const heads = [...table.tHead.rows[0].cells];
    const columns = heads.filter((head) => head.hasAttribute("data-filter"));
    const rows = [...table.tBodies[0].rows].map((element) => ({
      element,
      values: Object.fromEntries(
        columns.map((head) => [head.textContent, element.cells[head.cellIndex].textContent]),
      ),
    }));
    const place = document.createElement("div");
    table.closest(".wide").before(place);
    filters(place, rows, columns.map((head) => head.textContent), "row");
  }

  // Without what the panel needs, a count goes on leading to where the files are named.
  const panel = document.getElementById("panel");
  if (!panel || !panel.showModal || typeof DecompressionStream === "undefined") return;
  let data = null;
  const part = (name) => document.getElementById(`panel-${name}`);
  const links = [...document.querySelectorAll("a.count")];
  const prefix = "#items:";

  const found = (key) => {
    const [name, row, column] = key.split(":");
    const own = (table, field) => (table && Object.hasOwn(table, field) ? table[field] : undefined);
    const table = own(data.lists, name);
    const listed = own(table && table.columns, column);
    const cell = own(listed && listed.cells, row);
    if (!cell) return null;
    const rule = document.querySelector(`[data-where="${name}:${column}"]`);
    const where = rule && listed.row_where
      ? [rule.textContent, own(listed.row_where, row)].filter((said) => said && said !== "every row")
      : [];
    return { listed, where: where.join(" and "), label: own(table.rows, row), number: cell[0], places: cell[1] };
  };
  const days = (standing, over) => {
    if (over === null) return "";
    if (over > 0) return `${counted(over, "day")} over`;
    return standing === "open, not yet due" ? `${counted(-over, "day")} left` : "";
  };
  const entry = (ofIncidents, facts) => {
    const [id, title, severity] = facts;
    const rest = ofIncidents
      ? [facts[3], facts[4]]
      : [facts[3], facts[4], facts[5], facts[6] && `due ${facts[6]}`, days(facts[5], facts[7])];
    const address = facts[facts.length - 1];
    const element = document.createElement("li");
    const head = make("p", "", element);
    head.className = "title";
    if (onTheWeb(address)) {
      const link = make("a", title || id, head);
      link.href = address;
      link.rel = "noopener noreferrer";
    } else {
      head.textContent = title || id;
    }
    make("p", [id, severity, ...rest].filter(Boolean).join(" · "), element).className = "facts-line";
    return { element, values: { team: ofIncidents ? "" : facts[3], severity } };
  };
  const more = (list, shown) => {
    const file = list.listed.of === "incidents" ? "tables/incidents.csv" : "tables/items.csv";
    const left = list.number - shown;
    part("more").replaceChildren(left > 0 ? `and ${left.toLocaleString("en")} more: ` : "The same in ");
    const link = make("a", file, part("more"));
    link.href = file;
    part("more").append(list.where ? `, where ${list.where}` : "");
  };
  const show = (key) => {
    const list = found(key);
    if (!list) return;
    const { of, label } = list.listed;
    const noun = of === "incidents" ? "incident" : "item";
    const said = [list.label, label].filter(Boolean).join(", ");
    const number = of === "moves" ? list.number.toLocaleString("en") : counted(list.number, noun);
    const heading = said ? `${said}: ${number}` : number;
    part("title").textContent = heading[0].toUpperCase() + heading.slice(1);
    const link = links.find((one) => one.dataset.list === key);
    const exhibit = link && link.closest(".exhibit");
    part("about").textContent = exhibit ? exhibit.querySelector("h3").textContent : "";
    const ofIncidents = of === "incidents";
    const entries = list.places.map((place) => entry(ofIncidents, data[ofIncidents ? "incidents" : "items"][place]));
    part("filters").replaceChildren();
    if (entries.length > 8) filters(part("filters"), entries, ["team", "severity"], noun);
    part("list").replaceChildren(...entries.map((one) => one.element));
    more(list, entries.length);
    if (link) link.focus({ preventScroll: panel.open });
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
  };
  const follow = () => {
    if (location.hash.startsWith(prefix)) show(location.hash.slice(prefix.length));
    else if (panel.open) panel.close();
  };
  part("close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close();
  });
  panel.addEventListener("close", () => {
    if (location.hash.startsWith(prefix)) history.replaceState(null, "", location.pathname + location.search);
  });
  const start = async () => {
    data = JSON.parse(await unpacked("lists").text());
    for (const link of links) {
      link.href = prefix + link.dataset.list;
      link.setAttribute("aria-haspopup", "dialog");
    }
    window.addEventListener("hashchange", follow);
    follow();
  };
  start();
})();
