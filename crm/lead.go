package crm

// A lead is somebody who may become a customer.
func leadSchema() Schema {
	return Schema{Resource: Lead, Fields: []Field{
		{Name: "full_name", Type: Text, Label: in("Full name", "Họ và tên", "Nume complet", "Imię i nazwisko"), Required: true},
		{Name: "first_name", Type: Text, Label: in("First name", "Tên", "Prenume", "Imię")},
		{Name: "email", Type: Email, Label: in("E-mail", "E-mail", "E-mail", "E-mail")},
		{Name: "phone", Type: Phone, Label: in("Phone", "Điện thoại", "Telefon", "Telefon")},
		{Name: "locale", Type: Choice, Label: in("Language", "Ngôn ngữ", "Limbă", "Język"), Choices: []string{"en", "vi", "ro", "pl"}},
		{Name: "company", Type: Text, Label: in("Company", "Công ty", "Companie", "Firma")},
		{Name: "status", Type: Choice, Label: in("Status", "Trạng thái", "Stare", "Status")},
		{Name: "score", Type: Number, Label: in("Score", "Điểm", "Scor", "Punkty")},
		{Name: "country", Type: Text, Label: in("Country", "Quốc gia", "Țară", "Kraj")},
		{Name: "province", Type: Text, Label: in("Province", "Tỉnh thành", "Județ", "Województwo")},
		{Name: "priority", Type: Choice, Label: in("Priority", "Mức ưu tiên", "Prioritate", "Priorytet"), Choices: []string{"low", "normal", "high", "urgent"}},
		{Name: "title", Type: Text, Label: in("Title", "Chức danh", "Titlu", "Tytuł")},
		{Name: "organization", Type: Ref, Label: in("Organization", "Tổ chức", "Organizație", "Organizacja"), Ref: "organization"},
		{Name: "owner", Type: Ref, Label: in("Owner", "Người phụ trách", "Responsabil", "Opiekun"), Ref: "member"},
		{Name: "source", Type: Text, Label: in("Source", "Nguồn", "Sursă", "Źródło")},
		{Name: "tags", Type: Tags, Label: in("Tags", "Nhãn", "Etichete", "Etykiety")},
	}}
}
