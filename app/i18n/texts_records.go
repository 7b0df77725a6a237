package i18n

// recordTexts are those of the records pages.
var recordTexts = map[string]row{
	"records.new":        {"New {0}", "{0} mới", "{0}: adaugă", "Nowy rekord: {0}"},
	"records.search":     {"Search by name, e-mail or phone", "Tìm theo tên, e-mail hoặc điện thoại", "Caută după nume, e-mail sau telefon", "Szukaj po nazwie, e-mailu lub telefonie"},
	"records.empty":      {"Nothing here yet", "Chưa có gì", "Încă nimic aici", "Nic tu jeszcze nie ma"},
	"records.empty.text": {"Create one by hand, or let the API bring them in.", "Hãy tạo thủ công hoặc nhập qua API.", "Creați manual una sau aduceți-le prin API.", "Utwórz ręcznie lub pozwól, by dostarczyło je API."},
	"records.created":    {"Created", "Đã tạo", "Creat", "Utworzono"},
	"records.deleted":    {"Deleted", "Đã xóa", "Șters", "Usunięto"},
	"records.details":    {"Details", "Chi tiết", "Detalii", "Szczegóły"},
	"records.history":    {"Runs of this record", "Các lượt chạy của bản ghi", "Rulările acestei înregistrări", "Przebiegi tego rekordu"},
	"records.noruns":     {"No flow has taken it in.", "Chưa luồng nào nhận bản ghi này.", "Niciun flux nu a preluat-o.", "Żaden przepływ go nie przyjął."},
	"records.number":     {"Write a number, such as 12500.50.", "Hãy viết một con số, ví dụ 12500,50.", "Scrieți un număr, de exemplu 12500,50.", "Wpisz liczbę, na przykład 12500,50."},
	"records.tags.hint":  {"Separate with commas", "Phân cách bằng dấu phẩy", "Separați prin virgule", "Oddziel przecinkami"},
	"records.ref.hint":   {"Find: {0}", "Tìm: {0}", "Caută: {0}", "Szukaj: {0}"},
}
